#include "deploy/direct/usage.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr std::size_t most_processes = 4096;

// proc(5), /proc/[pid]/stat: what stands behind the name, from field 3 on; utime and stime are 14 and 15.
Milliseconds processor_time(int pid) {
    const auto text = sys::read_file(fmt::format("/proc/{}/stat", pid)).value_or("");
    const auto fields = split(text.substr(std::min(text.rfind(')'), text.size())), ' ');
    constexpr std::size_t user = 12, system = 13; // with the ")" as field 0
    if (fields.size() <= system) return Milliseconds{0};
    return sys::of_ticks(static_cast<std::uint64_t>(parse_integer(fields[user]).value_or(0)) +
                         static_cast<std::uint64_t>(parse_integer(fields[system]).value_or(0)));
}

// "Pss:      1234 kB"
std::uint64_t kibibytes(const std::string& text, std::string_view name) {
    for (const auto& line : split(text, '\n')) {
        if (!line.starts_with(name)) continue;
        const auto words = split(trim(line.substr(name.size())), ' ');
        return static_cast<std::uint64_t>(parse_integer(words.front()).value_or(0)) * 1024;
    }
    return 0;
}

std::uint64_t memory_of(int pid) {
    const auto rollup = sys::read_file(fmt::format("/proc/{}/smaps_rollup", pid)).value_or("");
    if (const auto shared_once = kibibytes(rollup, "Pss:"); shared_once > 0) return shared_once;
    return kibibytes(sys::read_file(fmt::format("/proc/{}/status", pid)).value_or(""), "RssAnon:");
}

}

void measure(const sys::ProcessId& process, Usage& usage) {
    if (process.pid == 0 || !sys::is_running(process)) return;
    std::vector<int> all{process.pid};
    for (std::size_t i = 0; i < all.size() && all.size() < most_processes; ++i)
        for (const auto& child : sys::children_of(all[i])) all.push_back(child.pid);
    for (const int pid : all) {
        usage.cpu += processor_time(pid);
        usage.memory += memory_of(pid);
    }
    usage.age = std::max(Milliseconds{0}, sys::boot_time() - sys::of_ticks(process.started));
    usage.at = sys::boot_time();
}

}
