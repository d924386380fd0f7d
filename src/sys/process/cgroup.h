#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Control groups of version 2 (the kernel's Documentation/admin-guide/cgroup-v2.rst) where we may make some ourselves.
namespace fairlead::sys {

struct GroupLimits {          // 0: none
    std::uint64_t memory = 0; // bytes
    int processes = 0;
    double cpus = 0;
};

// Our own group as /proc/self/cgroup tells it, "/system.slice/cron.service"; of systemd's tree where there are several.
std::string own_group(const Path& told_in = "/proc/self/cgroup");
// Of the groups from ours up the nearest one below which we may make a group with these controllers. It only looks.
std::optional<Path> group_above(const std::vector<std::string>& controllers, const Path& hierarchy = "/sys/fs/cgroup",
                                const Path& told_in = "/proc/self/cgroup");
// The group `name` in that one, with these limits and no others; it may be there.
Result<Path> make_group(const Path& above, const std::string& name, const std::vector<std::string>& controllers,
                        const GroupLimits& limits);
void remove_group(const Path& group); // where nothing runs in it any more

std::uint64_t most_open_files(); // that we may allow a child, its hard limit

}
