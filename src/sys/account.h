#pragma once
#include "base/result.h"
#include <string>
#include <vector>

// Looks up other users of this host, and turns a child process permanently into such a user.
namespace fairlead::sys {

struct User {
    unsigned uid = 0, gid = 0;
    std::vector<unsigned> groups; // all groups of the user, from the host's database
    std::string name, home;
};

Result<User> find_user(const std::string& name);      // error (usage): this host knows no such user
Result<unsigned> find_group(const std::string& name); // gid; error (usage): this host knows no such group
unsigned own_user();                                  // the effective uid
std::string own_user_name();                          // the name of the effective user, or the uid if it has no name

// Returns whether a process of ours can run as this user: root can become any user, other users only themselves.
bool can_become(const User& user);

// Sets groups, gid and uid, drops all capabilities, and sets no_new_privs (a set-user-id program then gains no rights).
// If we are that user already and not root, it only sets no_new_privs. Uses only async-signal-safe calls, so it may run
// between fork and exec. False: it failed (see errno), and the child must exit.
bool become_user(const User& user);

// Sets HOME, USER and LOGNAME in `variables` (NAME=value) as a login would; older values are replaced.
void set_user_variables(const User& user, std::vector<std::string>& variables);

}
