#include "deploy/policy/hooks.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/user.h"
#include "deploy/world.h"
#include "sys/account.h"
#include "sys/environment.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace fairlead::deploy {

namespace {

Result<void> judge(const std::string& what, const sys::Output& done, Milliseconds timeout) {
    if (done.interrupted) return no("interrupted");
    if (done.timed_out)
        return no(fmt::format("{} was not done after {} and was ended; raise its timeout if it may take longer", what,
                              format_duration(timeout)));
    if (done.status == 0) return {};
    const auto said = last_lines(done.out + done.err);
    return no(fmt::format("{} ended with status {}{}{}", what, done.status, said.empty() ? "" : ":\n", said));
}

std::vector<std::string> tool(const World& world, const std::string& name) {
    std::vector<std::string> words{sys::tool_program("fairlead-" + name)};
    if (name == "migrate") words.emplace_back("up");
    if (name == "backup") words.emplace_back("run");
    words.insert(words.end(), {"--env", world.settings.environment});
    // What nobody takes back is confirmed by the deployment that was.
    if (name == "migrate") words.insert(words.end(), {"--confirm", world.settings.environment});
    return words;
}

// A tool's that works on the application's data: the deployer's variables, with the keys of a store, and those of the
// application that the deployer lacks, as DATABASE_URL of env.file.
std::vector<std::string> data_environment(const World& world) {
    auto all = world.process.all();
    for (const auto& [name, value] : assignments(world.variables))
        if (auto& one = all[name]; one.empty()) one = value;
    return sys::child_environment(sys::Environment(std::move(all)), sys::Child::step);
}

}

std::string last_lines(const std::string& text) {
    constexpr std::size_t shown_lines = 20;
    auto lines = split(trim(std::string_view(text)), '\n');
    if (lines.size() > shown_lines) lines.erase(lines.begin(), lines.end() - shown_lines);
    return printable(join(lines, "\n"));
}

std::vector<std::string> release_environment(const World& world, const ReleaseInfo& release, const sys::User* user) {
    auto own = assignments(world.variables);
    const auto told = told_of_release(world.settings, release);
    own.insert(own.end(), told.begin(), told.end());
    return application_environment(world.process, user, own);
}

const Hook* Hooks::find(std::string_view name) const {
    for (const auto* list : {&pre, &post})
        for (const auto& hook : *list)
            if (hook.name == name) return &hook;
    return nullptr;
}

std::vector<std::string> Hooks::names() const {
    std::vector<std::string> found;
    for (const auto* list : {&pre, &post})
        for (const auto& hook : *list) found.push_back(hook.name);
    return found;
}

Result<Hooks> without(Hooks hooks, const std::vector<std::string>& skipped) {
    for (const auto& name : skipped) {
        if (!hooks.find(name))
            return usage(fmt::format("--skip '{}' is not the name of a hook; {}", one_line(name),
                                     hooks.names().empty() ? "this environment has no hooks"
                                                           : "expected " + one_of(hooks.names())));
    }
    for (auto* list : {&hooks.pre, &hooks.post})
        std::erase_if(*list, [&](const Hook& hook) {
            return std::find(skipped.begin(), skipped.end(), hook.name) != skipped.end();
        });
    return hooks;
}

Result<void> check_hooks(const World& world) {
    const auto& hooks = world.settings.policy.hooks;
    const auto environment = release_environment(world, {}, nullptr);
    for (const auto* list : {&hooks.pre, &hooks.post})
        for (const auto& hook : *list) {
            if (!hook.run.empty()) {
                const auto program = sys::tool_program("fairlead-" + hook.run);
                if (program.find('/') != std::string::npos) continue;
                return could_not(fmt::format(
                    "hook '{}' needs {}, which is not in the folder of fairlead-deploy or in PATH; install it there",
                    one_line(hook.name), program));
            }
            if (hook.in_release && hook.exec[0].find('/') != std::string::npos) continue;
            TRY_VOID(require_program("hooks", hook.exec[0], path_in(environment), world.settings.env_folder));
        }
    return {};
}

Result<void> run_hook(const Hook& hook, const World& world, const ReleaseInfo& release,
                      const std::string& release_folder) {
    const auto what = fmt::format("hook '{}'", one_line(hook.name));
    if (hook.in_release && release_folder.empty())
        return could_not(what + " runs in the release, but there is no folder of a release here");
    sys::Command command{.argv = hook.exec,
                         .folder = hook.in_release ? release_folder : world.settings.env_folder,
                         .timeout = hook.timeout,
                         .keep_partial = true,
                         .dies_with_us = true};
    const auto user = TRY(target_user(world.settings));
    if (!hook.run.empty()) {
        command.argv = tool(world, hook.run);
        command.whose = sys::Whose::ours;
        if (!hook.checklist.empty()) command.argv.insert(command.argv.begin() + 1, {"checklist", hook.checklist});
        const bool asks_data = hook.run == "migrate" || hook.run == "backup" || !hook.checklist.empty();
        if (asks_data) command.environment = data_environment(world);
    } else {
        if (hook.in_release && user) command.user = &*user;
        command.environment = release_environment(world, release, command.user);
        command.argv[0] = TRY(require_program("hooks", hook.exec[0], path_in(*command.environment), command.folder));
    }
    const auto done = TRY(world.host.run(command));
    return judge(what, done, hook.timeout);
}

Result<void> run_smoke(const World& world, const std::string& address) {
    constexpr Milliseconds longest{600'000}; // smoke has a deadline of its own
    auto words = tool(world, "smoke");
    if (!address.empty()) words.insert(words.end(), {"--at", address});
    const auto done = TRY(world.host.run({.argv = words,
                                          .folder = world.settings.env_folder,
                                          .timeout = longest,
                                          .keep_partial = true,
                                          .dies_with_us = true,
                                          .whose = sys::Whose::ours}));
    return judge(address.empty() ? "smoke through the router" : "smoke at the new release", done, longest);
}

}
