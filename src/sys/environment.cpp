#include "sys/environment.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "sys/process/confine.h"
#include <algorithm>
#include <cstring>
#include <sys/prctl.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

// What children see of us, in one place; '*' at the end of a name stands for any rest.
enum class For { any_program, network };
struct Passed {
    std::string_view name;
    For purpose;
};
constexpr Passed passed[] = {
    {"PATH", For::any_program},     {"HOME", For::any_program},      {"LANG", For::any_program},
    {"LANGUAGE", For::any_program}, {"LC_*", For::any_program},      {"LOGNAME", For::any_program},
    {"USER", For::any_program},     {"SHELL", For::any_program},     {"TMPDIR", For::any_program},
    {"TZ", For::any_program},       {"http_proxy", For::network},    {"https_proxy", For::network},
    {"HTTPS_PROXY", For::network},  {"all_proxy", For::network},     {"ALL_PROXY", For::network},
    {"no_proxy", For::network},     {"NO_PROXY", For::network},      {"SSL_CERT_FILE", For::network},
    {"SSL_CERT_DIR", For::network}, {"SSH_AUTH_SOCK", For::network},
};
constexpr std::string_view usual_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// They end with the job, or are read by the runner that looks for leftovers of it.
constexpr std::string_view job_names[] = {
    "RUNNER_TRACKING_ID", "RUNNER_TEMP",         "GITHUB_OUTPUT",     "GITHUB_ENV",   "GITHUB_PATH",
    "GITHUB_STATE",       "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "GITHUB_TOKEN", "GITHUB_ACTION_PATH",
};
constexpr std::string_view runner_names[] = {"ACTIONS_*", "GITHUB_*",  "RUNNER_*",     "INPUT_*",
                                             "GITEA_*",   "FORGEJO_*", "CI_JOB_TOKEN", "CI_JOB_JWT*"};
constexpr std::string_view run_names[] = {
    "CI",
    "GITHUB_SHA",
    "GITHUB_REF",
    "GITHUB_REF_NAME",
    "GITHUB_REF_TYPE",
    "GITHUB_REPOSITORY",
    "GITHUB_REPOSITORY_OWNER",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_NUMBER",
    "GITHUB_RUN_ATTEMPT",
    "CI_COMMIT_SHA",
    "CI_COMMIT_REF_NAME",
    "CI_COMMIT_TAG",
    "CI_PROJECT_PATH",
    "CI_PIPELINE_ID",
};
// What a command of the user's doesn't get either unless fairlead.yml declares it: our inputs, and what lets in as the
// job itself (its token, cache, artifacts, OIDC).
constexpr std::string_view kept_from_commands[] = {"INPUT_*",     "ACTIONS_*",     "GITHUB_TOKEN",
                                                   "GH_TOKEN",    "CI_JOB_TOKEN",  "CI_JOB_JWT*",
                                                   "GITEA_TOKEN", "FORGEJO_TOKEN", "CI_REGISTRY_PASSWORD"};

// Code that is loaded into whatever starts: of a file's, never into a tool of ours.
constexpr std::string_view loads_code[] = {"LD_*",     "GCONV_PATH",   "GETCONF_DIR",     "GLIBC_TUNABLES",
                                           "LOCPATH",  "OPENSSL_CONF", "OPENSSL_ENGINES", "OPENSSL_MODULES",
                                           "BASH_ENV", "PYTHONSTARTUP"};

bool is_row(std::string_view row, std::string_view name) {
    return row.ends_with('*') ? name.starts_with(row.substr(0, row.size() - 1)) : name == row;
}

template <std::size_t Count>
bool is_among(const std::string_view (&rows)[Count], std::string_view name) {
    return std::any_of(std::begin(rows), std::end(rows), [&](std::string_view row) { return is_row(row, name); });
}

bool is_passed(std::string_view name, bool network) {
    return std::any_of(std::begin(passed), std::end(passed), [&](const Passed& row) {
        return is_row(row.name, name) && (network || row.purpose == For::any_program);
    });
}

// A URL with a password, or a key, has a harmless name.
bool is_private(std::string_view name, std::string_view value) {
    if (name == "PWD" || name == "OLDPWD") return false;
    return sounds_secret(name) || lets_in(value);
}

bool sees(Child child, std::string_view name, std::string_view value) {
    switch (child) {
    case Child::program: return is_passed(name, false);
    case Child::network: return is_passed(name, true);
    case Child::command:
        return !is_among(kept_from_commands, name) && !(name.starts_with("FAIRLEAD_") && sounds_secret(name));
    case Child::project: return sees(Child::command, name, value) && !is_private(name, value);
    case Child::step: return !name.starts_with("INPUT_");
    case Child::survivor:
        return !name.starts_with("INPUT_") && !name.starts_with("ACTIONS_") && !is_among(job_names, name);
    }
    return false;
}

// The values that such a child doesn't get under any other name either: FOO=$GITHUB_TOKEN, and a token in the form in
// which git sends it. A short value is a placeholder, and may stand in anything.
std::vector<std::string> job_tokens(const Environment& environment, Child child) {
    constexpr std::size_t shortest = 16;
    std::vector<std::string> found;
    if (child != Child::command && child != Child::project) return found;
    for (const auto& [name, value] : environment.all())
        if (name.ends_with("_TOKEN") && value.size() >= shortest && is_among(kept_from_commands, name)) {
            found.push_back(value);
            found.push_back(base64("x-access-token:" + value));
        }
    return found;
}

std::optional<std::map<std::string, std::string>>& taken() {
    static std::optional<std::map<std::string, std::string>> variables;
    return variables;
}

bool is_worth_hiding(std::string_view name, std::string_view value) {
    if (name.ends_with("_proxy") || name.ends_with("_PROXY")) return false; // libcurl reads them itself
    return name.starts_with("INPUT_") || sounds_secret(name) ||
           (value.find("://") != value.npos && holds_credentials(value));
}

}

Environment Environment::take() {
    taken() = of_process().all();
    for (char** entry = environ; entry && *entry; ++entry) {
        char* const equals = std::strchr(*entry, '=');
        if (equals == nullptr) continue;
        const std::string_view name(*entry, static_cast<std::size_t>(equals - *entry)), value(equals + 1);
        if (is_worth_hiding(name, value)) ::explicit_bzero(equals + 1, value.size());
    }
    return of_process();
}

// A sanitizer looks for leaks from a process of its own, which traces ours.
void keep_from_others() {
    if (!sanitized) ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Environment Environment::of_process() {
    if (taken()) return Environment(*taken());
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

bool belongs_to_runner(std::string_view name) { return is_among(runner_names, name) && !tells_of_run(name); }

bool tells_of_run(std::string_view name) { return is_among(run_names, name); }

std::vector<std::string> child_environment(const Environment& environment, Child child) {
    return child_environment(environment, child, {});
}

std::vector<std::string> child_environment(const Environment& environment, Child child,
                                           const std::vector<std::string>& names) {
    std::vector<std::string> pairs;
    const auto tokens = job_tokens(environment, child);
    // Whoever started us may load what they like.
    const auto own = child == Child::step ? Environment::of_process().all() : std::map<std::string, std::string>();
    const auto is_loaded = [&](const std::string& name, const std::string& value) {
        const auto found = own.find(name);
        return child == Child::step && is_among(loads_code, name) && (found == own.end() || found->second != value);
    };
    const auto is_seen = [&](const std::string& name, const std::string& value) {
        return sees(child, name, value) && !is_loaded(name, value) &&
               std::none_of(tokens.begin(), tokens.end(),
                            [&](const std::string& token) { return value.find(token) != value.npos; });
    };
    for (const auto& [name, value] : environment.all())
        if (is_seen(name, value) || std::find(names.begin(), names.end(), name) != names.end())
            pairs.push_back(name + "=" + value);
    const bool of_program = child == Child::program || child == Child::network;
    if (of_program && !environment.get("PATH")) pairs.push_back("PATH=" + std::string(usual_path));
    return pairs;
}

std::vector<std::string> kept_back(const Environment& environment, Child child, const std::vector<std::string>& names) {
    std::vector<std::string> kept;
    for (const auto& [name, value] : environment.all())
        if (is_private(name, value) && !belongs_to_runner(name) && !sees(child, name, value) &&
            std::find(names.begin(), names.end(), name) == names.end())
            kept.push_back(name);
    return kept;
}

std::vector<std::string> base_environment(const Environment& environment) {
    return child_environment(environment, Child::program);
}

}
