#include "sys/git/program.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/environment.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::sys {

namespace {

// A signal that comes between git's making a lock and its noting that it did leaves the lock behind, and with it a
// repository in which the next run can't do anything.
constexpr Milliseconds time_to_unlock{1000};

constexpr std::string_view settings[] = {
    "core.hooksPath=/dev/null",      "core.fsmonitor=false",   "safe.bareRepository=explicit", "gc.auto=0",
    "fetch.recurseSubmodules=false", "maintenance.auto=false", "fetch.writeCommitGraph=false",
};
constexpr std::pair<std::string_view, std::string_view> git_variables[] = {
    {"GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh"}, // no ext::, nor what any other git-remote-* would be for
    {"GIT_TERMINAL_PROMPT", "0"},
    {"GIT_NO_REPLACE_OBJECTS", "1"},
};

// Of the repository's own configuration, with what stands between section and key left out. By git-config(1) these
// start a program in a fetch, or let another host see it.
constexpr std::string_view refused[] = {
    "core.sshcommand",   "core.gitproxy",    "core.askpass", "core.alternaterefscommand",
    "credential.helper", "remote.vcs",       "remote.proxy", "remote.uploadpack",
    "http.proxy",        "http.sslcert",     "http.sslkey",  "http.curloptresolve",
    "http.cookiefile",   "http.savecookies",
};
// Where it also signs and pushes: gpg.ssh.program and gpg.ssh.defaultKeyCommand, too.
constexpr std::string_view refused_in_release[] = {"gpg.program", "gpg.defaultkeycommand", "remote.receivepack"};

// What says who makes a tag, and what a program for signatures asks its user with.
const std::vector<std::string> for_release = {"GIT_COMMITTER_NAME",
                                              "GIT_COMMITTER_EMAIL",
                                              "GIT_COMMITTER_DATE",
                                              "GIT_CONFIG_GLOBAL",
                                              "XDG_CONFIG_HOME",
                                              "GNUPGHOME",
                                              "GPG_TTY",
                                              "DISPLAY",
                                              "WAYLAND_DISPLAY",
                                              "XDG_RUNTIME_DIR",
                                              "DBUS_SESSION_BUS_ADDRESS"};

// "credential.https://x.helper" is credential.helper: a subsection may hold anything, dots included.
std::string without_subsection(std::string_view key) {
    const auto first = key.find('.'), last = key.rfind('.');
    if (first == key.npos) return lower(key);
    return lower(std::string(key.substr(0, first)) + std::string(key.substr(last)));
}

// insteadOf is for another address of the same kind (https for ssh, a mirror), not for a helper `git-remote-*`.
bool leads_to_helper(std::string_view key) { return key.find("::") != key.npos; }

std::vector<std::string> git_words(const std::string& work_tree) {
    std::vector<std::string> words = {"git", "--no-pager", "-C", work_tree};
    for (const auto setting : settings) words.insert(words.end(), {"-c", std::string(setting)});
    // What runs from the repository is judged by refused_key(), so it may be another user's, as in a container.
    words.insert(words.end(), {"-c", "safe.directory=" + work_tree});
    return words;
}

template <std::size_t Count>
bool is_one_of(const std::string_view (&keys)[Count], std::string_view key) {
    return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

}

Result<Output> run_git(const std::string& work_tree, const std::vector<std::string>& arguments, GitUse use,
                       const std::string& input) {
    Command command{.argv = git_words(work_tree), .input = input, .grace = time_to_unlock, .whose = Whose::ours};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.environment = child_environment(Environment::of_process(), Child::network,
                                            use == GitUse::release ? for_release : std::vector<std::string>());
    for (const auto& [name, value] : git_variables)
        command.environment->push_back(std::string(name) + "=" + std::string(value));
    return run(command);
}

std::string refused_key(std::string_view listed, GitUse use) {
    const auto parts = split(listed, '\0'); // scope, then "key\nvalue"
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        if (parts[i] != "local" && parts[i] != "worktree") continue;
        const auto key = parts[i + 1].substr(0, parts[i + 1].find('\n'));
        const auto plain = without_subsection(key);
        const bool leads = plain == "url.insteadof" || (use == GitUse::release && plain == "url.pushinsteadof");
        const bool starts =
            is_one_of(refused, plain) || (use == GitUse::release && is_one_of(refused_in_release, plain));
        if (leads ? leads_to_helper(key) : starts) return std::string(key);
    }
    return {};
}

Result<void> refuse_settings(const std::string& work_tree, GitUse use, const std::string& instead) {
    const auto listed = TRY(run_git(work_tree, {"config", "--list", "--show-scope", "--includes", "-z"}, use));
    if (listed.status != 0)
        return could_not(fmt::format("git config --list in {} failed: {}", work_tree, trim(listed.err)));
    const auto key = refused_key(listed.out, use);
    if (key.empty()) return {};
    return could_not(fmt::format(
        "the configuration of {} sets {}, which starts a program or leads elsewhere, so "
        "nothing is {} there; {}",
        work_tree, key, use == GitUse::fetch ? "fetched" : "released",
        instead.empty() ? fmt::format("run: git -C {} config --unset {}", shell_word(work_tree), shell_word(key))
                        : "remove it, or run in a step before: " + instead));
}

}
