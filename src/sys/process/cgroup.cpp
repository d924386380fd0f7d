#include "sys/process/cgroup.h"
#include "base/text.h"
#include "sys/descriptor.h"
#include <algorithm>
#include <cmath>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace fairlead::sys {

namespace {

bool may_write(const Path& path) { return ::access(path.c_str(), W_OK) == 0; }

bool lists_all(const Path& file, const std::vector<std::string>& names) {
    const auto there = split(trim(read_file(file).value_or("")), ' ');
    return std::all_of(names.begin(), names.end(),
                       [&](const auto& name) { return std::find(there.begin(), there.end(), name) != there.end(); });
}

// "No internal processes": a group that has some can't hand controllers on, but for the root of all.
bool can_hand_on(const Path& group) {
    const bool is_root = inspect(group / "cgroup.type").type == FileType::absent;
    return is_root || trim(read_file(group / "cgroup.procs").value_or("?")).empty();
}

// By one write(2), as the kernel wants it; the file is there.
Result<void> set(const Path& file, const std::string& value) {
    const Descriptor open(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!open.is_open() || ::write(open.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size()))
        return path_error(file.string(), "written");
    return {};
}

}

std::string own_group(const Path& told_in) {
    std::string unified, named;
    for (const auto& line : split(read_file(told_in).value_or(""), '\n')) {
        if (line.starts_with("0::")) unified = line.substr(3);
        if (const auto at = line.find(":name=systemd:"); at != line.npos) named = line.substr(line.find('/'));
    }
    return named.empty() ? unified : named;
}

std::optional<Path> group_above(const std::vector<std::string>& controllers, const Path& hierarchy,
                                const Path& told_in) {
    if (inspect(hierarchy / "cgroup.controllers").type != FileType::file) return std::nullopt; // version 1
    std::string own;
    for (const auto& line : split(read_file(told_in).value_or(""), '\n'))
        if (line.starts_with("0::/")) own = line.substr(4);
    if (own.starts_with("..")) return std::nullopt; // it is outside of what we see
    for (auto group = own.empty() ? hierarchy : (hierarchy / own).lexically_normal();; group = group.parent_path()) {
        const bool ours = may_write(group) && may_write(group / "cgroup.procs");
        const bool hands_on = lists_all(group / "cgroup.subtree_control", controllers) ||
                              (may_write(group / "cgroup.subtree_control") && can_hand_on(group) &&
                               lists_all(group / "cgroup.controllers", controllers));
        if (ours && hands_on) return group;
        if (group == hierarchy || !group.has_relative_path()) return std::nullopt;
    }
}

Result<Path> make_group(const Path& above, const std::string& name, const std::vector<std::string>& controllers,
                        const GroupLimits& limits) {
    if (!lists_all(above / "cgroup.subtree_control", controllers)) {
        std::string wanted;
        for (const auto& one : controllers) wanted += (wanted.empty() ? "+" : " +") + one;
        TRY_VOID(set(above / "cgroup.subtree_control", wanted));
    }
    const auto group = above / name;
    if (::mkdir(group.c_str(), 0755) != 0 && errno != EEXIST) return path_error(group.string(), "created");
    const auto or_max = [](auto limit) { return limit == 0 ? std::string("max") : std::to_string(limit); };
    constexpr double period = 100'000; // microseconds, as the kernel has it
    const auto quota = limits.cpus > 0 ? fmt::format("{} 100000", std::llround(limits.cpus * period)) : "max";
    for (const auto& [controller, file, value] :
         {std::tuple("memory", "memory.max", or_max(limits.memory)),
          std::tuple("pids", "pids.max", or_max(limits.processes)), std::tuple("cpu", "cpu.max", std::string(quota))})
        if (std::find(controllers.begin(), controllers.end(), controller) != controllers.end())
            TRY_VOID(set(group / file, value));
    return group;
}

void remove_group(const Path& group) { ::rmdir(group.c_str()); }

std::uint64_t most_open_files() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 0;
}

}
