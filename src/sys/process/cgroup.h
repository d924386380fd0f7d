#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Makes control groups of version 2 (the kernel's Documentation/admin-guide/cgroup-v2.rst) where we are allowed to.
namespace fairlead::sys {

struct GroupLimits {          // 0: no limit
    std::uint64_t memory = 0; // bytes
    int processes = 0;
    double cpus = 0;
};

// Returns our own group from /proc/self/cgroup, "/system.slice/cron.service"; systemd's entry if there are several.
std::string own_group(const Path& told_in = "/proc/self/cgroup");
// Returns the nearest group, from ours upwards, below which we may make a group with these controllers. Changes
// nothing.
std::optional<Path> group_above(const std::vector<std::string>& controllers, const Path& hierarchy = "/sys/fs/cgroup",
                                const Path& told_in = "/proc/self/cgroup");
// Makes the group `name` in `above`, or changes an existing one, with exactly these limits.
Result<Path> make_group(const Path& above, const std::string& name, const std::vector<std::string>& controllers,
                        const GroupLimits& limits);
void remove_group(const Path& group); // does nothing while processes run in it

std::uint64_t most_open_files(); // the largest limit of open files that we may give a child: our hard limit

}
