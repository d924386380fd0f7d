#include "sys/resources.h"
#include "base/text.h"
#include "sys/files/files.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sched.h>
#include <sys/timex.h>
#include <unistd.h>

namespace fairlead::sys {

namespace {

// The words of a file of the cgroup that we see as the root; empty: there is none.
std::vector<std::string> cgroup_words(const char* name) {
    const auto text = read_file(Path("/sys/fs/cgroup") / name, 4096);
    return text.ok() ? split(trim(std::string_view(text.value())), ' ') : std::vector<std::string>();
}

}

std::uint64_t memory_bytes() {
    const auto pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    const std::uint64_t all =
        pages > 0 && size > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size) : 0;
    const auto limit = cgroup_words("memory.max");
    const auto held = limit.empty() ? Result<std::int64_t>(could_not("")) : parse_integer(limit.front());
    return held.ok() && held.value() > 0 ? std::min(all, static_cast<std::uint64_t>(held.value())) : all;
}

double processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    const bool known = sched_getaffinity(0, sizeof set, &set) == 0;
    const double all = known ? CPU_COUNT(&set) : static_cast<double>(std::max(0L, sysconf(_SC_NPROCESSORS_ONLN)));
    const auto quota = cgroup_words("cpu.max"); // "150000 100000"
    if (quota.size() != 2) return all;
    const auto part = parse_number(quota[0]), whole = parse_number(quota[1]);
    return part.ok() && whole.ok() && whole.value() > 0 ? std::min(all, part.value() / whole.value()) : all;
}

// STA_UNSYNC says less: chrony without rtcsync leaves it set. Who keeps the clock tells how far it may be off, and the
// kernel counts that up to 16 s from then on.
Result<bool> clock_is_synchronised() {
    timex now{};
    if (adjtimex(&now) < 0) return could_not(std::strerror(errno));
    constexpr long unknown_us = 16'000'000;
    return now.maxerror < unknown_us;
}

}
