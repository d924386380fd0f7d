// The part of supervise.h about processes that outlived whoever looked after them.
#include "base/text.h"
#include "sys/clock.h"
#include "sys/supervise.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::sys {

namespace {

// proc(5): a process that has a terminal is a person's, who may have taken the variables over to look after something.
bool has_terminal(int pid) {
    const auto stat = read_file(fmt::format("/proc/{}/stat", pid));
    const auto end = stat.ok() ? stat->rfind(')') : std::string::npos;
    if (end == std::string::npos || end + 2 >= stat->size()) return true;
    constexpr std::size_t terminal = 4; // field 7; the state, field 3, is the first behind the name
    const auto fields = split(stat->substr(end + 2), ' ');
    return fields.size() <= terminal || fields[terminal] != "0";
}

bool was_started_with(int pid, const std::string& variable) {
    const auto environment = read_file(fmt::format("/proc/{}/environ", pid));
    if (!environment.ok()) return false;
    const auto all = split(environment.value(), '\0');
    return std::find(all.begin(), all.end(), variable) != all.end();
}

std::vector<int> ourselves() {
    std::vector<int> pids;
    for (int pid = own_pid(); pid > 0;) {
        pids.push_back(pid);
        const auto id = identify(pid);
        const auto kin = id ? kin_of(*id) : std::nullopt;
        pid = kin ? kin->parent : 0;
    }
    return pids;
}

std::vector<ProcessId> survivors(const std::string& variable, unsigned user, const std::vector<int>& spared) {
    std::vector<ProcessId> found;
    for (const auto& name : list_folder("/proc").value_or({})) {
        const auto pid = static_cast<int>(parse_integer(name).value_or(0));
        if (pid <= 0 || std::find(spared.begin(), spared.end(), pid) != spared.end()) continue;
        const auto id = identify(pid);
        const auto kin = id ? kin_of(*id) : std::nullopt;
        if (kin && kin->user == user && was_started_with(pid, variable) && !has_terminal(pid)) found.push_back(*id);
    }
    return found;
}

}

Result<void> end_survivors(const std::string& variable, unsigned user) {
    constexpr Milliseconds patience{1000}, look{10};
    const auto spared = ourselves();
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
        const auto left = survivors(variable, user, spared); // again and again: one may have started another meanwhile
        if (left.empty()) return {};
        if (std::chrono::steady_clock::now() >= deadline)
            return could_not(fmt::format("process {} can't be killed; look at it", left.front().pid));
        for (const auto& one : left) TRY_VOID(send_signal(one, SIGKILL));
        real_clock().rest(look);
    }
}

}
