#include "smoke/beside/expected_version.h"
#include "base/text.h"
#include "report/kept.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/git/refs.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr std::string_view way_out = "if another machine deploys, name the version: --expect-version VERSION";

// Deploy is asked, not told: what was meant for us (a command, reports, the job's outputs) is not for it.
std::vector<std::string> environment_for_question() {
    auto variables = sys::child_environment(sys::Environment::of_process(), sys::Child::survivor);
    std::erase_if(variables, [](const std::string& variable) {
        constexpr std::string_view ours[] = {"FAIRLEAD_COMMAND=", "FAIRLEAD_OUTPUT=",  "FAIRLEAD_CHECK=",
                                             "FAIRLEAD_DEPLOY_",  "FAIRLEAD_CONFIRM=", "FAIRLEAD_DRY_RUN="};
        return std::any_of(std::begin(ours), std::end(ours), [&](auto name) { return variable.starts_with(name); });
    });
    return variables;
}

Result<Deployed> ask_deploy(const config::Config& config, const std::string& environment) {
    sys::Command command{.argv = {sys::tool_program("fairlead-deploy"), "status", "--format", "json", "--config",
                                  sys::Path(config.file()).filename()},
                         .folder = config.folder(),
                         .environment = environment_for_question(),
                         .timeout = Milliseconds{30'000},
                         .whose = sys::Whose::ours};
    if (!environment.empty()) command.argv.insert(command.argv.end(), {"--env", environment});
    const auto no_answer = [&](std::string_view fact) {
        return could_not(fmt::format("version 'auto' needs the answer of fairlead-deploy, but {}; {}", fact, way_out));
    };
    const auto done = sys::run(command);
    if (!done.ok()) return no_answer(done.error().message);
    const auto told = report::parse_kept(done->out, "deploy");
    if (!told.ok())
        return no_answer(fmt::format("fairlead-deploy status ended with status {} and printed no JSON", done->status));
    if (!told->error.empty()) return no_answer("fairlead-deploy status says: " + told->error);
    if (told->version.empty()) return no_answer(told->decided.empty() ? "nothing is deployed" : told->decided);
    return Deployed{told->version, told->output("release"), told->release_commit};
}

// Asking it again and again changes nothing, and it is meant to answer.
bool can_be_waited_for(const Check& check) {
    if (check.probe) return false; // it has no version
    return (check.method == "GET" || check.method == "HEAD") && check.skip.empty() && check.expected_failure.empty() &&
           check.expect.failure == sys::HttpFailure::none;
}

// One check of the file, at another base address.
bool is_same_elsewhere(const Check& one, const Check& other) {
    return one.place.line > 0 && one.place.file == other.place.file && one.place.line == other.place.line &&
           one.place.column == other.place.column && one.url != other.url;
}

}

Result<Plan> expect_version(Plan plan, const std::string& version, const VersionSource& source) {
    if (!plan.ready && (!version.empty() || plan.streak > 1 || plan.stable.count() > 0)) {
        const auto first = std::find_if(plan.checks.begin(), plan.checks.end(), can_be_waited_for);
        if (first == plan.checks.end())
            return usage(
                version.empty()
                    ? std::string(
                          "streak and stable need a check that shows when the service is ready; write smoke.ready")
                    : fmt::format("no check can show whether version {} answers; write smoke.ready", version));
        plan.ready = *first;
        plan.ready->name = "ready";
        for (auto other = first + 1; other != plan.checks.end(); ++other)
            if (is_same_elsewhere(*first, *other)) {
                plan.ready_elsewhere.push_back(*other);
                plan.ready_elsewhere.back().name = "ready: " + other->name;
            }
    }
    const auto await = [&](Check& ready) {
        ready.expect.version_source = source;
        if (!version.empty()) ready.expect.version = version;
    };
    if (plan.ready) await(*plan.ready);
    std::for_each(plan.ready_elsewhere.begin(), plan.ready_elsewhere.end(), await);
    for (auto& check : plan.checks)
        if (check.place.line == 0) check.expect.version_source = source; // a word has no other way to say it
    return plan;
}

Result<Deployed> ask_deployed(const config::Config& config, const std::string& environment) {
    if (config.section("deploy", environment).present()) return ask_deploy(config, environment);
    const std::string where = config.folder().empty() ? "." : config.folder();
    const auto head = sys::head_of(where);
    if (!head)
        return could_not(fmt::format(
            "version 'auto' needs a deploy section or a commit of HEAD, and there is no section or commit here; {}",
            way_out));
    sys::log_info(
        fmt::format("version auto: this fairlead.yml has no deploy section, so the commit of HEAD must answer: {}; {}",
                    head->substr(0, 12), way_out));
    return Deployed{*head, "", ""};
}

bool asks_deployed(const Plan& plan) {
    const auto asks = [](const Check& check) { return check.expect.version == "auto"; };
    return (plan.ready && asks(*plan.ready)) || std::any_of(plan.checks.begin(), plan.checks.end(), asks);
}

void resolve_auto(Plan& plan, const Deployed& deployed) {
    const auto resolve = [&](Check& check) {
        if (check.expect.version != "auto") return;
        check.expect.version = deployed.version;
        for (const auto& name : {deployed.release, deployed.commit})
            if (!name.empty()) check.expect.other_names.push_back(name);
    };
    if (plan.ready) resolve(*plan.ready);
    std::for_each(plan.ready_elsewhere.begin(), plan.ready_elsewhere.end(), resolve);
    std::for_each(plan.checks.begin(), plan.checks.end(), resolve);
}

Result<void> resolve_auto(Plan& plan, const config::Config& config, const std::string& environment) {
    if (!asks_deployed(plan)) return {};
    const auto deployed = TRY(ask_deployed(config, environment));
    resolve_auto(plan, deployed);
    return {};
}

}
