#include "deploy/direct/limits.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr std::int64_t most_open_files = 1'048'576; // fs.nr_open as Linux has it
constexpr double most_cpus = 4096;

Result<void> check_memory(const config::Value& value, const std::string& name) {
    constexpr std::uint64_t least = 1u << 20;
    if (TRY(parse_size(value.text())) >= least) return {};
    return value.error(fmt::format("{} is less than any program needs; write a size such as 512MiB", name));
}

Result<void> check_open_files(const config::Value& value, const std::string& name) {
    if (value.integer(0) >= 16 && value.integer(0) <= most_open_files) return {};
    return value.error(fmt::format("{} must be from 16 to {}", name, most_open_files));
}

Result<void> check_processes(const config::Value& value, const std::string& name) {
    constexpr std::int64_t most = 4'194'304; // PID_MAX_LIMIT
    if (value.integer(0) <= most) return {};
    return value.error(fmt::format("{} must be at most {}", name, most));
}

Result<void> check_cpus(const config::Value& value, const std::string& name) {
    const double cpus = value.number(0);
    if (cpus >= 0.01 && cpus <= most_cpus) return {};
    return value.error(fmt::format("{} must be from 0.01 to {}; 1.5 means one and a half processors", name, most_cpus));
}

struct Held {
    const char* key;
    const char* controller;
    bool (*asked)(const Limits&);
};
constexpr Held held[] = {{"memory", "memory", [](const Limits& limits) { return limits.memory != 0; }},
                         {"processes", "pids", [](const Limits& limits) { return limits.processes != 0; }},
                         {"cpus", "cpu", [](const Limits& limits) { return limits.cpus > 0; }}};

}

const config::Rows<Limits>& limits_rows() {
    static const config::Rows<Limits> rows = {
        {"memory",
         {&Limits::memory, Type::size},
         "maximum memory; a process that needs more is killed",
         {.check = check_memory}},
        {"processes",
         {&Limits::processes, Type::positive},
         "maximum number of processes; threads count too",
         {.check = check_processes}},
        {"open_files",
         {&Limits::open_files, Type::positive},
         "maximum number of files and sockets that a process may have open",
         {.check = check_open_files}},
        {"cpus", &Limits::cpus, "maximum processor time; 1.5 means one and a half processors", {.check = check_cpus}},
    };
    return rows;
}

Result<void> check_umask(const config::Value& value, const std::string& name) {
    const auto text = value.text();
    const bool octal = text.size() >= 3 && text.size() <= 4 && text.find_first_not_of("01234567") == text.npos;
    if (octal && parse_umask(text) <= 0777) return {};
    return value.error(fmt::format("{} '{}' is not a mask of permissions; write it like 0027 (everything for the "
                                   "owner, read for the group, nothing for everyone else)",
                                   name, text));
}

int parse_umask(const std::string& text) {
    if (text.empty()) return -1;
    int mask = 0;
    for (const char digit : text) mask = mask * 8 + (digit - '0');
    return mask;
}

std::vector<std::string> controllers_of(const Limits& limits) {
    std::vector<std::string> found;
    for (const auto& one : held)
        if (one.asked(limits)) found.emplace_back(one.controller);
    return found;
}

std::vector<std::string> not_held(const Limits& limits, const std::vector<std::string>& controllers,
                                  std::uint64_t most_files, const std::string& way_out) {
    std::vector<std::string> told;
    for (const auto& one : held)
        if (one.asked(limits) && std::find(controllers.begin(), controllers.end(), one.controller) == controllers.end())
            told.push_back(fmt::format("nothing on this host enforces limits.{}: {}", one.key, way_out));
    if (most_files != 0 && static_cast<std::uint64_t>(limits.open_files) > most_files)
        told.push_back(
            fmt::format("limits.open_files is {}, but the user who deploys may have only {}, so the application gets "
                        "that; raise the user's hard limit (limits.conf, or LimitNOFILE= of its service)",
                        limits.open_files, most_files));
    return told;
}

}
