#pragma once
#include "base/result.h"
#include <string>
#include <vector>

// Another user of this host, and how a child becomes that user for good.
namespace fairlead::sys {

struct User {
    unsigned uid = 0, gid = 0;
    std::vector<unsigned> groups; // all of them, as the host's database says
    std::string name, home;
};

Result<User> find_user(const std::string& name);      // error (usage): this host knows none of that name
Result<unsigned> find_group(const std::string& name); // gid; error (usage): this host knows none of that name
unsigned own_user();                                  // the effective uid
std::string own_user_name();                          // its name, or its number where it has none

// Whether a process of ours can run as this user: as root any, else only as ourselves.
bool can_become(const User& user);

// Between fork and exec, only async-signal-safe calls: groups, gid and uid, no capability, no way to more
// (no_new_privs: a set-user-id program stays what its caller is). Where we are that user already and not root, only the
// last of it. False: errno has the reason, and the child must not go on.
bool become_user(const User& user);

// What a login would set: HOME, USER, LOGNAME; they take the place of those in `variables` (NAME=value).
void set_user_variables(const User& user, std::vector<std::string>& variables);

}
