#include "sys/account.h"
#include "sys/descriptor.h"
#include <algorithm>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace fairlead::sys {
namespace {

std::vector<unsigned> groups_of(const passwd& entry) {
    int count = 64;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    while (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count) < 0 &&
           static_cast<std::size_t>(count) > groups.size())
        groups.resize(static_cast<std::size_t>(count));
    groups.resize(static_cast<std::size_t>(std::max(count, 0)));
    return {groups.begin(), groups.end()};
}

}

Result<User> find_user(const std::string& name) {
    std::string buffer(std::size_t{64} << 10, '\0');
    passwd entry{};
    passwd* found = nullptr;
    const int failed = ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (failed != 0) return could_not(fmt::format("user '{}' can't be looked up: {}", name, reason(failed)));
    if (!found)
        return usage(
            fmt::format("user '{}' is unknown on this host; create it with `useradd --system {}`", name, name));
    return User{entry.pw_uid, entry.pw_gid, groups_of(entry), entry.pw_name, entry.pw_dir};
}

Result<unsigned> find_group(const std::string& name) {
    std::string buffer(std::size_t{64} << 10, '\0');
    group entry{};
    group* found = nullptr;
    const int failed = ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (failed != 0) return could_not(fmt::format("group '{}' can't be looked up: {}", name, reason(failed)));
    if (found) return static_cast<unsigned>(entry.gr_gid);
    return usage(fmt::format("group '{}' is unknown on this host; name the group of nginx's workers", name));
}

unsigned own_user() { return ::geteuid(); }

std::string own_user_name() {
    std::string buffer(std::size_t{64} << 10, '\0');
    passwd entry{};
    passwd* found = nullptr;
    const int failed = ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
    return failed == 0 && found ? entry.pw_name : std::to_string(::geteuid());
}

bool can_become(const User& user) { return ::geteuid() == 0 || ::geteuid() == user.uid; }

// The system calls themselves: glibc's functions tell each thread, which a child after fork must not try.
bool become_user(const User& user) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    if (::geteuid() != 0) {
        if (::geteuid() == user.uid) return true;
        errno = EPERM;
        return false;
    }
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); // none is there where the kernel knows none
    if (::syscall(SYS_setgroups, user.groups.size(), user.groups.data()) != 0 ||
        ::syscall(SYS_setresgid, user.gid, user.gid, user.gid) != 0 ||
        ::syscall(SYS_setresuid, user.uid, user.uid, user.uid) != 0)
        return false;
    if (user.uid == 0 || ::syscall(SYS_setresuid, 0, 0, 0) != 0) return true;
    errno = EPERM; // it can be taken back: what we promise does not hold here
    return false;
}

void set_user_variables(const User& user, std::vector<std::string>& variables) {
    for (const auto& [name, value] :
         {std::pair{"HOME=", user.home}, std::pair{"USER=", user.name}, std::pair{"LOGNAME=", user.name}}) {
        std::erase_if(variables, [&, key = name](const std::string& one) { return one.starts_with(key); });
        variables.push_back(name + value);
    }
}

}
