// The part of supervise.h about processes that outlived whoever looked after them.
#include "sys/process/survivors.h"
#include "base/text.h"
#include "sys/account.h"
#include "sys/clock.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <functional>
#include <set>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace fairlead::sys {

namespace {

constexpr Milliseconds patience{5000}, look{10};

Error stays(int pid) { return could_not(fmt::format("process {} can't be killed; check it", pid)); }

// proc(5): each thread has its own.
std::vector<int> children() {
    std::vector<int> pids;
    for (const auto& thread : list_folder("/proc/self/task").value_or({})) {
        const auto text = read_file(fmt::format("/proc/self/task/{}/children", thread)).value_or("");
        for (const auto& word : split(text, ' ')) {
            const auto pid = static_cast<int>(parse_integer(word).value_or(0));
            if (pid > 0) pids.push_back(pid);
        }
    }
    return pids;
}

// The fields of /proc/PID/stat from the third on (proc(5)); none: it is gone, or another user's.
std::vector<std::string> stat_of(int pid) {
    const auto stat = read_file(fmt::format("/proc/{}/stat", pid)).value_or("");
    const auto end = stat.rfind(')');
    if (end == std::string::npos || end + 2 >= stat.size()) return {};
    return split(stat.substr(end + 2), ' ');
}

// proc(5): a process that has a terminal is a person's, who may have taken the variables over to look after something.
bool has_terminal(int pid) {
    const auto fields = stat_of(pid);
    constexpr std::size_t terminal = 7 - 3;
    return fields.size() <= terminal || fields[terminal] != "0";
}

// In the midst of execve(2): it has memory, but no variables yet, so that they read as none.
bool becomes_another(int pid) {
    const auto fields = stat_of(pid);
    constexpr std::size_t size = 23 - 3, variables_end = 51 - 3;
    return fields.size() > variables_end && fields[size] != "0" && fields[variables_end] == "0";
}

// The variables that a process was started with; none: it is gone, or another user's.
std::string environment_of(int pid) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
        auto text = read_file(fmt::format("/proc/{}/environ", pid));
        const bool may_come = text.ok() && text->empty() && becomes_another(pid);
        if (!may_come || std::chrono::steady_clock::now() >= deadline) return std::move(text).value_or("");
        real_clock().rest(Milliseconds{1});
    }
}

bool was_started_with(int pid, const std::string& variable) {
    const auto ends = std::string(1, '\0');
    return (ends + environment_of(pid) + ends).find(ends + variable + ends) != std::string::npos;
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

bool works_in(int pid, const std::string& folder) {
    const auto at = read_link(fmt::format("/proc/{}/cwd", pid));
    return at.ok() && (at.value() == folder || at->starts_with(folder + "/"));
}

using Sign = std::function<bool(int pid)>; // that it is one of them

std::vector<ProcessId> survivors(const Sign& is_one, unsigned user, Terminals terminals,
                                 const std::vector<int>& spared) {
    std::vector<ProcessId> found;
    for (const auto& name : list_folder("/proc").value_or({})) {
        const auto pid = static_cast<int>(parse_integer(name).value_or(0));
        if (pid <= 0 || std::find(spared.begin(), spared.end(), pid) != spared.end()) continue;
        if (!is_one(pid)) continue; // of most processes one file is enough
        const auto id = identify(pid);
        const auto kin = id ? kin_of(*id) : std::nullopt;
        // Once more: between the two looks the number may have become another process's.
        if (!kin || kin->user != user || !is_one(pid)) continue;
        if (terminals == Terminals::too || !has_terminal(pid)) found.push_back(*id);
    }
    return found;
}

Result<std::size_t> end_all(const Sign& is_one, unsigned user, Terminals terminals) {
    std::set<int> ended;
    const auto spared = ourselves();
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) { // again and again: one may have started another meanwhile
        const auto left = survivors(is_one, user, terminals, spared);
        if (left.empty()) return ended.size();
        if (std::chrono::steady_clock::now() >= deadline) return stays(left.front().pid);
        for (const auto& one : left) {
            TRY_VOID(send_signal(one, SIGKILL));
            ended.insert(one.pid);
        }
        real_clock().rest(look);
    }
}

}

std::vector<Marked> started_with(const std::string& beginning, unsigned user) {
    std::vector<Marked> found;
    const auto rest = [&](int pid) -> std::optional<std::string> {
        for (const auto& variable : split(environment_of(pid), '\0'))
            if (variable.starts_with(beginning)) return std::string(variable.substr(beginning.size()));
        return std::nullopt;
    };
    const Sign is_one = [&](int pid) { return rest(pid).has_value(); };
    for (const auto& one : survivors(is_one, user, Terminals::spared, ourselves()))
        if (const auto known = rest(one.pid)) found.push_back({one, *known});
    return found;
}

// The kernel lists at a descriptor what is locked through it (proc(5), fdinfo).
bool holds_a_lock(int pid) {
    const auto locks = read_file(fmt::format("/proc/{}/fdinfo/{}", pid, detached_lock)).value_or("");
    return locks.find("FLOCK") != locks.npos;
}

std::vector<Marked> detached_below(const std::string& beginning, unsigned user) {
    std::vector<Marked> found;
    const auto lock = [](int pid) { return read_link(fmt::format("/proc/{}/fd/{}", pid, detached_lock)).value_or(""); };
    const Sign is_one = [&](int pid) { return lock(pid).starts_with(beginning) && holds_a_lock(pid); };
    for (const auto& one : survivors(is_one, user, Terminals::too, ourselves()))
        found.push_back({one, lock(one.pid).substr(std::min(beginning.size(), lock(one.pid).size()))});
    return found;
}

std::optional<ProcessId> detached_as(const std::vector<std::string>& last_words) {
    std::string end;
    for (const auto& word : last_words) end += std::string(1, '\0') + word;
    end += '\0';
    const Sign is_one = [&](int pid) {
        return read_file(fmt::format("/proc/{}/cmdline", pid)).value_or("").ends_with(end) && holds_a_lock(pid);
    };
    const auto found = survivors(is_one, own_user(), Terminals::too, {});
    return found.empty() ? std::nullopt : std::optional(found.front());
}

Result<std::size_t> end_survivors(const std::string& variable, unsigned user, Terminals terminals) {
    return end_all([&](int pid) { return was_started_with(pid, variable); }, user, terminals);
}

Result<std::size_t> end_workers_in(const std::string& folder, unsigned user) {
    return end_all([&](int pid) { return works_in(pid, folder); }, user, Terminals::spared);
}

Adoption::Adoption() : own_(children()) {
    ::prctl(PR_GET_CHILD_SUBREAPER, &before_);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

Adoption::~Adoption() { ::prctl(PR_SET_CHILD_SUBREAPER, before_); }

Result<std::size_t> Adoption::end() {
    std::set<int> ended;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) { // again and again: a child of one that was killed comes to us only then
        int left = 0;
        for (const int pid : children()) {
            // Nobody else gets the number of a child that we have not waited for.
            if (std::find(own_.begin(), own_.end(), pid) != own_.end()) continue;
            left = pid;
            if (::waitpid(pid, nullptr, WNOHANG) != 0) continue; // it ended by itself, or by now
            ::kill(pid, SIGKILL);
            ended.insert(pid);
        }
        if (left == 0) return ended.size();
        if (std::chrono::steady_clock::now() >= deadline) return stays(left);
        real_clock().rest(look);
    }
}

}
