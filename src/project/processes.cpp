#include "project/processes.h"
#include "base/text.h"
#include "base/words.h"
#include <algorithm>

namespace fairlead::project {

namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

struct Row {
    Role role;
    std::vector<std::string_view> names;    // a part of the process's name
    std::vector<std::string_view> commands; // within its command
};
const std::vector<Row>& rows() {
    static const std::vector<Row> all = {
        {Role::scheduler,
         {"scheduler", "schedule", "beat", "cron", "clock", "rqscheduler", "timer"},
         {"celery beat", " beat", "clockwork", "rqscheduler", "schedule:work", "schedule:run", "apscheduler",
          "node-cron", "supercronic"}},
        {Role::worker,
         {"worker", "workers", "queue", "jobs", "job", "sidekiq", "celery", "consumer", "resque", "rq", "dramatiq",
          "huey", "arq", "horizon", "background"},
         {" worker", "sidekiq", "resque", "delayed_job", "good_job", "solid_queue", "dramatiq", "huey_consumer",
          "queue:work", "horizon", "process_tasks", "qcluster"}},
    };
    return all;
}

}

std::string_view name_of(Role role) {
    switch (role) {
    case Role::web: return "web";
    case Role::worker: return "worker";
    case Role::scheduler: return "scheduler";
    case Role::release: return "release";
    case Role::other: return "other";
    }
    return "";
}

Role role_of(std::string_view name, std::string_view command) {
    const auto whole = lower(name);
    if (whole == "web" || whole == "app" || whole == "server") return Role::web;
    if (whole == "release") return Role::release;
    const auto parts = split(replace_all(whole, "-", "_"), '_');
    for (const auto& row : rows())
        for (const auto& part : parts)
            if (is_one_of(row.names, part)) return row.role;
    for (const auto& row : rows())
        if (std::any_of(row.commands.begin(), row.commands.end(),
                        [&](std::string_view words) { return command.find(words) != command.npos; }))
            return row.role;
    return Role::other;
}

std::vector<ProcessLine> procfile_lines(std::string_view text) {
    std::vector<ProcessLine> found;
    int number = 0;
    for (const auto& whole : split(std::string(text), '\n')) {
        ++number;
        const auto line = trim(std::string_view(whole));
        const auto colon = line.find(':');
        const auto name = line.substr(0, colon);
        if (colon == line.npos || name.empty() || name.find_first_not_of(letters) != name.npos) continue;
        const auto command = trim(line.substr(colon + 1));
        if (command.empty()) continue;
        found.push_back({std::string(name), role_of(name, command), std::string(command), number});
    }
    return found;
}

}
