#include "sys/environment.h"
#include <algorithm>
#include <unistd.h>

namespace fairlead::sys {
namespace {

// They end with the job, or are read by the runner that looks for leftovers of it.
constexpr std::string_view job_names[] = {
    "RUNNER_TRACKING_ID", "RUNNER_TEMP",         "GITHUB_OUTPUT",     "GITHUB_ENV",   "GITHUB_PATH",
    "GITHUB_STATE",       "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "GITHUB_TOKEN", "GITHUB_ACTION_PATH",
};

bool belongs_to_job(std::string_view name) {
    return name.starts_with("ACTIONS_") ||
           std::find(std::begin(job_names), std::end(job_names), name) != std::end(job_names);
}

}

Environment Environment::of_process() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view pair = *entry;
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos) variables.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return Environment(std::move(variables));
}

std::optional<std::string> Environment::get(std::string_view name) const {
    const auto found = variables_.find(std::string(name));
    if (found == variables_.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::string Environment::get_or(std::string_view name, std::string_view fallback) const {
    return get(name).value_or(std::string(fallback));
}

// act sets GITHUB_ACTIONS as well; Gitea's and Forgejo's runners speak GitHub's protocol and say so.
Platform detect_platform(const Environment& environment) {
    const auto says_yes = [&](std::string_view name) {
        const std::string value = environment.get_or(name, "false");
        return value != "false" && value != "0";
    };
    if (says_yes("ACT")) return Platform::act;
    if (says_yes("GITHUB_ACTIONS")) return Platform::github;
    if (says_yes("GITLAB_CI")) return Platform::gitlab;
    if (says_yes("CI")) return Platform::other_ci;
    return Platform::terminal;
}

std::string_view name_of(Platform platform) {
    switch (platform) {
    case Platform::github: return "GitHub Actions";
    case Platform::act: return "act";
    case Platform::gitlab: return "GitLab CI";
    case Platform::other_ci: return "CI";
    case Platform::terminal: break;
    }
    return "terminal";
}

bool parses_commands(Platform platform) { return platform == Platform::github || platform == Platform::act; }

std::vector<std::string> child_environment(const Environment& environment, Child child) {
    std::vector<std::string> pairs;
    for (const auto& [name, value] : environment.all()) {
        if (name.starts_with("INPUT_")) continue;
        if (child == Child::survivor && belongs_to_job(name)) continue;
        pairs.push_back(name + "=" + value);
    }
    return pairs;
}

std::vector<std::string> base_environment(const Environment& environment) {
    constexpr std::string_view names[] = {"HOME",  "LANG",   "LC_ALL", "LC_CTYPE", "LOGNAME",
                                          "SHELL", "TMPDIR", "TZ",     "USER"};
    std::vector<std::string> pairs{
        "PATH=" + environment.get_or("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")};
    for (const auto name : names) {
        if (const auto value = environment.get(name)) pairs.push_back(std::string(name) + "=" + *value);
    }
    return pairs;
}

}
