#include "base/printable.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/confirm.h"
#include "cli/run.h"
#include "deploy/commands.h"
#include "deploy/components/run.h"
#include "deploy/direct/supervisor.h"
#include "deploy/direct/variables.h"
#include "deploy/found.h"
#include "deploy/promotion.h"
#include "deploy/report_rules.h"
#include "sys/clock.h"
#include "sys/files/terminal.h"
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <utility>

using namespace fairlead;

namespace {

struct Options {
    std::string command, slot, root, component;
    deploy::Request asked;
    std::int64_t count = 20, lines = 100;
    Milliseconds watch{0};
};

// Nothing: fairlead.yml has a target of its own.
Result<std::optional<deploy::Group>> group_of(const Options& o, const cli::Context& context) {
    const auto parts = TRY(deploy::read_parts(context.config, context.environment));
    if (parts.empty() && !o.component.empty())
        return usage(fmt::format("--component {}: fairlead.yml has no deploy.components", one_line(o.component)));
    if (parts.empty()) return std::optional<deploy::Group>();
    if (context.environment.empty())
        return usage("which environment? say --env " + one_of(context.config.environments()));
    auto group = TRY(deploy::read_group(context.config, parts, context.environment, context.variables, o.component));
    return std::optional(std::move(group));
}

Result<deploy::Settings> settings_of(const Options& o, const cli::Context& context,
                                     const std::optional<deploy::Group>& group) {
    if (!o.root.empty()) return deploy::settings_below(o.root);
    if (!group) return deploy::read_settings(context.config, context.environment, context.variables);
    std::vector<std::string> names;
    for (const auto& one : group->components) {
        if (one.name == o.component) return one.settings;
        names.push_back(one.name);
    }
    return usage(fmt::format("component '{}' is unknown; expected {}", one_line(o.component), one_of(names)));
}

// A bare shell, at night: `status` tells what lies on this host.
bool is_from_nowhere(const Options& o, const cli::Context& context) {
    return o.command == "status" && o.root.empty() && o.component.empty() && !context.config.present();
}

cli::Spec spec(Options& o) {
    cli::Spec spec;
    spec.tool = "deploy";
    spec.summary = "Puts a release on its target without losing a request, and takes a sick one back by itself.";
    spec.details = "The new release starts beside the old one, is probed, gets the requests in one act, is verified "
                   "through the router and watched; then the old one finishes its requests and is stopped. When "
                   "anything fails before that, the old one serves again. An interrupted deployment is finished or "
                   "undone by the next run.";
    spec.commands = {
        {.name = "apply", .help = "Deploys the release of fairlead.yml.", .acts = true, .irreversible = true},
        {.name = "plan", .help = "Prints the steps that apply would do; changes nothing.", .only_tells = true},
        {.name = "rollback",
         .help = "Deploys the release before the current one again, or the one that is named.",
         .acts = true,
         .irreversible = true},
        {.name = "down",
         .help = "Stops what runs, once its requests have ended; --reason is kept. apply brings it back.",
         .acts = true,
         .irreversible = true},
        {.name = "lock",
         .help = "Keeps deployments away, also after a reboot, until unlock; --reason says why.",
         .acts = true},
        {.name = "unlock", .help = "Takes the hold of lock off.", .acts = true},
        {.name = "approve", .help = "Signs the plan in --plan with --key, into FILE.approvals.", .acts = true},
        {.name = "status", .help = "Prints what is deployed and what really runs.", .only_tells = true},
        {.name = "logs", .help = "Prints the last lines of what runs, or of a slot.", .only_tells = true},
        {.name = "history", .help = "Prints finished deployments and checks their chain.", .only_tells = true},
        {.name = "router", .help = "Prints the router's configuration to include once, writes or checks it."},
        {.name = "supervise", .help = "Keeps one slot running; started by apply.", .hidden = true},
    };
    spec.command = &o.command;
    spec.inputs = {
        {.name = "release-version",
         .target = &o.asked.release_version,
         .help = "First part of the release's id; default: release.version, else the short commit.",
         .placeholder = "VERSION",
         .of = {"apply", "plan"}},
        {.name = "commit",
         .target = &o.asked.commit,
         .help = "Commit that the release was made of; default: that of the release's folder.",
         .placeholder = "ID",
         .of = {"apply", "plan"}},
        {.name = "promote-from",
         .target = &o.asked.promote_from,
         .help = "Record by which the environment of promote_from proves this release (its history --export).",
         .placeholder = "FILE",
         .of = {"apply", "plan"}},
        {.name = "force",
         .target = &o.asked.force,
         .help = "Deploy again what already serves.",
         .of = {"apply", "plan"}},
        {.name = "to",
         .target = &o.asked.to,
         .help = "Release or version to roll back to; default: the one before the current one.",
         .placeholder = "RELEASE",
         .positional = true,
         .of = {"rollback"}},
        {.name = "if-current",
         .target = &o.asked.if_current,
         .help = "Roll back only where this release serves, else change nothing; any: whichever serves.",
         .placeholder = "RELEASE",
         .of = {"rollback"},
         .blank = "write the release to take back (the deploy step's output release), or any for whichever serves"},
        {.name = "with-down",
         .target = &o.asked.with_down,
         .help = "Takes the database's migrations behind that version back first, by fairlead-migrate down.",
         .placeholder = "VERSION",
         .of = {"rollback"}},
        {.name = "root",
         .target = &o.root,
         .help =
             "Root of the target, without any fairlead.yml: with the settings that what serves there was proven with.",
         .placeholder = "FOLDER",
         .of = {"rollback", "status"}},
        {.name = "component",
         .target = &o.component,
         .help = "Only that one of deploy.components.",
         .placeholder = "NAME",
         .of = {"apply", "plan", "rollback", "down", "lock", "unlock", "approve", "status", "logs", "history",
                "router"}},
        {.name = "resources",
         .target = &o.asked.resources,
         .help = "What each instance takes, too: processors, memory, network, restarts, age.",
         .of = {"status"}},
        {.name = "metrics",
         .target = &o.asked.metrics,
         .help = "Writes that to FILE as OpenMetrics.",
         .placeholder = "FILE",
         .of = {"status"},
         .written_by = {"status"},
         .written_as = "openmetrics"},
        {.name = "watch",
         .target = &o.watch,
         .help = "Prints it again that often, until a signal comes.",
         .placeholder = "DURATION",
         .action = false,
         .of = {"status"}},
        {.name = "of",
         .target = &o.asked.of,
         .help = "Slot or instance (a, a.2, b-worker); default: what serves.",
         .placeholder = "NAME",
         .positional = true,
         .of = {"logs"}},
        {.name = "lines",
         .target = {&o.lines, Type::positive},
         .help = "How many of each instance.",
         .placeholder = "N",
         .of = {"logs"}},
        {.name = "rebuild",
         .target = &o.asked.rebuild,
         .help = "Makes the records again that were lost or damaged, from what runs and what is there.",
         .of = {"status"}},
        {.name = "reason",
         .target = &o.asked.reason,
         .help = "Why it is rolled back, stopped or locked; kept in the history.",
         .placeholder = "TEXT",
         .of = {"rollback", "down", "lock"}},
        {.name = "plan",
         .target = &o.asked.plan_file,
         .help = "File of a plan: plan writes it, approve signs it, apply refuses where it does not hold any more.",
         .placeholder = "FILE",
         .of = {"plan", "approve", "apply"},
         .written_by = {"plan"},
         .written_as = "plan"},
        {.name = "key",
         .target = &o.asked.key,
         .help = "File of the private key (PEM, Ed25519) that approves.",
         .placeholder = "FILE",
         .action = false,
         .of = {"approve"}},
        {.name = "skip",
         .target = &o.asked.skip,
         .help = "Hooks to leave out, by name.",
         .placeholder = "NAME",
         .of = {"apply", "plan"}},
        {.name = "if-newer",
         .target = &o.asked.if_newer,
         .help = "Refuse a commit older than the one that serves; auto: in CI, where the clone can tell.",
         .allowed = {"auto", "true", "false"},
         .of = {"apply"}},
        {.name = "retry-bad",
         .target = &o.asked.retry_bad,
         .help = "Deploy a release that failed or was rolled back before.",
         .of = {"apply"}},
        {.name = "check",
         .target = &o.asked.check,
         .help = "Exit status 1 when plan has something to do, status finds what is not as recorded, or the router "
                 "runs by something else.",
         .of = {"plan", "status", "router"}},
        {.name = "install",
         .target = &o.asked.install,
         .help = "Writes the router's configuration to FILE, or with --check compares it.",
         .placeholder = "FILE",
         .of = {"router"}},
        {.name = "count",
         .target = {&o.count, Type::positive},
         .help = "How many deployments are printed.",
         .placeholder = "N",
         .of = {"history"}},
        {.name = "export",
         .target = &o.asked.export_to,
         .help = "Writes the record of what serves to FILE, for --promote-from of another environment.",
         .placeholder = "FILE",
         .of = {"history"},
         .written_by = {"history"},
         .written_as = "json"},
        {.name = "sign-off",
         .target = &o.asked.sign_off,
         .help = "Records why breaks of the history's chain need no more attention; from then on they are no finding.",
         .placeholder = "REASON",
         .of = {"history"}},
        {.name = "wait-lock",
         .target = &o.asked.wait_lock,
         .help = "How long to wait for another deployment to end.",
         .placeholder = "DURATION",
         .of = {"apply", "rollback", "down", "lock", "unlock", "history"}},
        {.name = "slot",
         .target = &o.slot,
         .help = "Folder of the slot to supervise, or a target's root: what served there, after a reboot.",
         .placeholder = "FOLDER",
         .positional = true,
         .action = false,
         .of = {"supervise"}},
    };
    spec.outputs = {
        {"deployment", "Id of the deployment in the history."},
        {"release", "Id of the release."},
        {"version", "Version that serves now."},
        {"previous", "Release that served before; empty: none."},
        {"verdict",
         "deployed, already, rolled_back, failed, aborted, refused, superseded, restored, untouched, stopped or open."},
        {"url", "Where it serves."},
        {"duration", "How long it took."},
    };
    spec.section = deploy::fields();
    spec.milder = deploy::milder();
    spec.rules = deploy::report_rules();
    spec.needs = {{cli::Need::network}, {cli::Need::programs}};
    for (const char* command : {"apply", "rollback", "down", "supervise"})
        for (const auto need : {cli::Need::project_programs, cli::Need::target_changes})
            spec.needs.push_back({.what = need, .command = command});
    spec.needs.push_back({.what = cli::Need::project_questions, .command = "status"}); // target.current
    for (const char* command : {"lock", "unlock"})
        spec.needs.push_back({.what = cli::Need::target_changes, .command = command});
    for (const char* input : {"rebuild", "sign-off", "install"})
        spec.needs.push_back({.what = cli::Need::target_changes, .input = input});
    spec.needs_environment = true;
    spec.instead_of_file = "root";
    spec.settles_signals = true;
    spec.check = [&o](const cli::Context& context) -> Result<void> {
        if (!o.root.empty()) return cli::whether(deploy::settings_below(o.root));
        if (is_from_nowhere(o, context)) return {};
        const auto group = TRY(group_of(o, context));
        if (group && o.component.empty()) return {};
        const auto settings = TRY(settings_of(o, context, group));
        const bool apply = o.command == "apply";
        if (apply || o.command == "plan") TRY_VOID(deploy::check_promotion_asked(settings, o.asked.promote_from));
        return apply ? deploy::check_variables(settings, context.variables) : Result<void>();
    };
    spec.examples = {"fairlead-deploy plan --env staging", "fairlead-deploy --env staging --release-version 1.4.0",
                     "fairlead-deploy rollback --env staging --reason 'slow queries'"};
    spec.action_examples = {{.with = {{"env", "staging"}}, .on = "workflow_dispatch", .runs_on = "self-hosted"},
                            {.title = "What would be done, and nothing of it:",
                             .with = {{"env", "staging"}, {"release-version", "1.4.0"}, {"dry-run", "true"}}},
                            {.title = "Back to the release before:",
                             .with = {{"command", "rollback"}, {"env", "staging"}, {"reason", "slow queries"}}}};
    return spec;
}

deploy::Request asked(const Options& o, const cli::Context& context, config::Profile profile) {
    auto request = o.asked;
    request.dry_run = context.dry_run;
    request.count = o.count > 0 ? static_cast<std::size_t>(o.count) : 0;
    request.lines = static_cast<std::size_t>(std::max<std::int64_t>(o.lines, 1));
    request.confirm = [&context, profile](std::string_view act) { return cli::confirm(context, profile, act); };
    if (request.if_current == "any") request.if_current.clear();
    return request;
}

Result<report::Report> run(const Options& o, const cli::Context& context) {
    if (o.command == "supervise") {
        if (o.slot.empty()) return usage("supervise needs the folder of a slot, or a target's root after a reboot");
        // After a reboot it is given a target's root.
        const bool whole = sys::inspect(sys::Path(o.slot) / "slots").type != sys::FileType::absent;
        TRY_VOID(whole ? deploy::start_at_boot(o.slot) : deploy::supervise(o.slot));
        return report::Report{};
    }
    if (is_from_nowhere(o, context)) return deploy::status_of_host(context.variables);
    std::optional<deploy::Group> group;
    if (o.root.empty()) group = TRY(group_of(o, context));
    if (group && o.component.empty()) {
        auto request = asked(o, context, context.config.profile(context.environment));
        return deploy::run_group(o.command.empty() ? "apply" : o.command, *group, context.variables, request);
    }
    auto settings = TRY(settings_of(o, context, group));
    // The root says which environment it is: whoever names another one means another root.
    auto meant = context;
    meant.environment = settings.environment;
    for (const auto& [flag, name] : {std::pair("env", context.environment), std::pair("confirm", context.confirm)})
        if (!o.root.empty() && !name.empty() && name != settings.environment)
            return usage(fmt::format("'{}' is the root of environment {}, not of {} (from --{}); nothing was touched",
                                     one_line(o.root), settings.environment, one_line(name), flag));
    settings.policy.hooks = TRY(deploy::without(std::move(settings.policy.hooks), o.asked.skip));
    // A target's root tells the profile that it was deployed with; before that was kept, its name alone does.
    const auto& profile = settings.profile.empty() ? settings.environment : settings.profile;
    auto request = asked(o, meant, config::Config().profile(profile));
    std::optional<sys::Lock> of_all;
    const bool moves = o.command.empty() || o.command == "apply" || o.command == "rollback" || o.command == "down";
    if (group && moves && !request.dry_run) {
        auto taken = TRY(deploy::lock_of(*group, request.wait_lock));
        of_all.emplace(std::move(taken));
    }
    if (o.command == "plan") return deploy::plan(settings, context.variables, request);
    if (o.command == "rollback") return deploy::rollback(settings, context.variables, request);
    if (o.command == "down") return deploy::down(settings, context.variables, request);
    if (o.command == "lock") return deploy::lock(settings, context.variables, request);
    if (o.command == "unlock") return deploy::unlock(settings, context.variables, request);
    if (o.command == "approve") return deploy::approve(settings, context.variables, request);
    if (o.command == "status") return deploy::status(settings, context.variables, request);
    if (o.command == "logs") return deploy::logs(settings, context.variables, request);
    if (o.command == "history" && !request.sign_off.empty())
        return deploy::sign_off(settings, context.variables, request);
    if (o.command == "history") return deploy::history(settings, context.variables, request);
    if (o.command == "router") return deploy::router(settings, context.variables, request);
    return deploy::apply(settings, context.variables, request);
}

// Again and again, for somebody who looks; the last one is what the run ends with.
Result<report::Report> watched(const Options& o, const cli::Context& context) {
    if (o.watch.count() <= 0)
        return usage(fmt::format("watch: '{}' would print without a pause; write 2s or longer (from {})",
                                 format_duration(o.watch), context.origins.at("watch")));
    if (context.format != "text") return usage("--watch is for somebody who looks; leave --format out");
    while (true) {
        auto report = run(o, context);
        if (!report.ok()) return report;
        auto text = fmt::format("{}\n{}", format_utc(sys::real_clock().now()), report->text);
        for (const auto& finding : report->findings) text += finding.message + "\n";
        fmt::print("{}{}{}\n\n", sys::is_terminal(1) ? "\x1b[H\x1b[2J" : "", mask(text), mask(report->facts));
        std::fflush(stdout);
        if (!sys::real_clock().sleep(std::max(o.watch, Milliseconds{100}))) return report;
    }
}

}

int main(int argc, char** argv) {
    Options o;
    return cli::run(spec(o), argc, argv, [&](const cli::Context& context) {
        return context.is_given("watch") ? watched(o, context) : run(o, context);
    });
}
