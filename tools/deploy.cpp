#include "inputs/deploy.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "cli/confirm.h"
#include "cli/run.h"
#include "deploy/commands.h"
#include "deploy/components/run.h"
#include "deploy/direct/supervisor.h"
#include "deploy/direct/variables.h"
#include "deploy/lacking.h"
#include "deploy/promotion.h"
#include "deploy/report_rules.h"
#include "deploy/show/found.h"
#include "sys/clock.h"
#include "sys/files/terminal.h"
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <utility>

using namespace fairlead;

namespace {

struct Row {
    cli::Command command;
    Result<report::Report> (*run)(const deploy::Settings&, const sys::Environment&, const deploy::Request&);
    std::vector<cli::Need> needs = {};
};
constexpr auto programs = cli::Need::project_programs, targets = cli::Need::target_changes;
const std::vector<Row>& rows() {
    static const std::vector<Row> all = {
        {{.name = "apply", .help = "Deploys the release of fairlead.yml.", .acts = true, .irreversible = true},
         deploy::apply,
         {programs, targets}},
        {{.name = "plan", .help = "Prints the steps that apply would do; changes nothing.", .only_tells = true},
         deploy::plan},
        {{.name = "rollback",
          .help = "Deploys the previous release again, or the release in --to.",
          .acts = true,
          .irreversible = true},
         deploy::rollback,
         {programs, targets}},
        {{.name = "down",
          .help = "Stops the running release after its requests have ended; --reason is kept. apply starts it again.",
          .acts = true,
          .irreversible = true},
         deploy::down,
         {programs, targets}},
        {{.name = "lock",
          .help = "Stops new deployments until unlock, even after a reboot; --reason says why.",
          .acts = true},
         deploy::lock,
         {targets}},
        {{.name = "unlock", .help = "Ends the hold of lock.", .acts = true}, deploy::unlock, {targets}},
        {{.name = "approve", .help = "Signs the plan in --plan with --key, into FILE.approvals.", .acts = true},
         deploy::approve},
        {{.name = "status", .help = "Prints the deployed release and what really runs.", .only_tells = true},
         deploy::status,
         {cli::Need::project_questions}}, // target.current
        {{.name = "logs",
          .help = "Prints the last log lines of the running release, or of a slot.",
          .only_tells = true},
         deploy::logs},
        {{.name = "history", .help = "Prints finished deployments and checks their chain.", .only_tells = true},
         deploy::history},
        {{.name = "router", .help = "Prints, writes or checks the configuration to include once in the router."},
         deploy::router},
        {{.name = "supervise",
          .help = "Keeps a slot running; started by apply.",
          .reads_config = false,
          .hidden = true},
         nullptr,
         {programs, targets}},
    };
    return all;
}

// Nothing: fairlead.yml has a target of its own.
Result<std::optional<deploy::Group>> group_of(const deploy::Options& o, const cli::Context& context) {
    const auto parts = TRY(deploy::read_parts(context.config, context.environment));
    if (parts.empty() && !o.component.empty())
        return usage(fmt::format("--component {}: fairlead.yml has no deploy.components", one_line(o.component)));
    if (parts.empty()) return std::optional<deploy::Group>();
    if (context.environment.empty()) return deploy::which_environment(context.config);
    auto group = TRY(deploy::read_group(context.config, parts, context.environment, context.variables, o.component));
    return std::optional(std::move(group));
}

Result<deploy::Settings> settings_of(const deploy::Options& o, const cli::Context& context,
                                     const std::optional<deploy::Group>& group) {
    if (!o.root.empty()) return deploy::settings_below(o.root, context.variables);
    if (!group) return deploy::read_settings(context.config, context.environment, context.variables);
    std::vector<std::string> names;
    for (const auto& one : group->components) {
        if (one.name == o.component) return one.settings;
        names.push_back(one.name);
    }
    return usage(fmt::format("component '{}' is unknown; expected {}", one_line(o.component), one_of(names)));
}

// A bare shell, at night: `status` tells what lies on this host.
bool is_from_nowhere(const deploy::Options& o, const cli::Context& context) {
    return o.command == "status" && o.root.empty() && o.component.empty() && !context.config.present();
}

cli::Spec spec(deploy::Options& o) {
    cli::Spec spec;
    spec.tool = "deploy";
    spec.summary =
        "Deploys a release to its target without losing a request, and takes a sick release back automatically.";
    spec.details = "The new release starts next to the old release and is probed. Then it gets all requests in a "
                   "single switch, is verified through the router and watched. Then the old release finishes its "
                   "requests and is stopped. If anything fails before that, the old release serves again. The next run "
                   "finishes or undoes an interrupted deployment.";
    spec.needs = {{cli::Need::network}, {cli::Need::programs}};
    for (const Row& row : rows()) {
        spec.commands.push_back(row.command);
        for (const auto need : row.needs) spec.needs.push_back({.what = need, .command = row.command.name});
    }
    spec.command = &o.command;
    spec.inputs = deploy::inputs(o);
    spec.judges = {"apply", "rollback"};
    spec.harmless = {"release-version", "commit",   "promote-from", "plan", "reason", "to",
                     "if-current",      "if-newer", "wait-lock"};
    spec.outputs = {
        {"deployment", "Id of the deployment in the history."},
        {"release", "Id of the release."},
        {"version", "Version that serves now."},
        {"previous", "Release that served before; empty if there was none."},
        {"verdict",
         "deployed, already, rolled_back, failed, aborted, refused, superseded, restored, untouched, stopped or open."},
        {"url", "URL at which the release serves."},
        {"duration", "Duration of the deployment."},
    };
    spec.section = deploy::fields();
    spec.milder = deploy::milder();
    spec.rules = deploy::report_rules();
    for (const char* input : {"rebuild", "sign-off", "install"})
        spec.needs.push_back({.what = cli::Need::target_changes, .input = input});
    spec.needs_environment = true;
    spec.instead_of_file = "root";
    spec.settles_signals = true;
    spec.check = [&o](const cli::Context& context) -> Result<void> {
        if (!o.root.empty()) return cli::whether(deploy::settings_below(o.root, context.variables));
        if (is_from_nowhere(o, context)) return {};
        const auto group = TRY(group_of(o, context));
        if (group && o.component.empty()) return {};
        const auto settings = TRY(settings_of(o, context, group));
        const bool apply = o.command == "apply";
        if (apply || o.command == "plan") TRY_VOID(deploy::check_promotion_asked(settings, o.asked.promote_from));
        if (!apply) return {};
        TRY_VOID(deploy::check_variables(settings, context.variables));
        return deploy::check_lacking(settings, context.variables);
    };
    spec.examples = {"fairlead-deploy plan --env staging", "fairlead-deploy --env staging --release-version 1.4.0",
                     "fairlead-deploy rollback --env staging --reason 'slow queries'"};
    spec.action_examples = {{.with = {{"env", "staging"}}, .on = "workflow_dispatch", .runs_on = "self-hosted"},
                            {.title = "Show what would be done, without doing it:",
                             .with = {{"env", "staging"}, {"release-version", "1.4.0"}, {"dry-run", "true"}}},
                            {.title = "Back to the previous release:",
                             .with = {{"command", "rollback"}, {"env", "staging"}, {"reason", "slow queries"}}}};
    return spec;
}

deploy::Request asked(const deploy::Options& o, const cli::Context& context, config::Profile profile) {
    auto request = o.asked;
    request.dry_run = context.dry_run;
    request.count = o.count > 0 ? static_cast<std::size_t>(o.count) : 0;
    request.lines = static_cast<std::size_t>(std::max<std::int64_t>(o.lines, 1));
    request.confirm = [&context, profile](std::string_view act) { return cli::confirm(context, profile, act); };
    if (request.if_current == "any") request.if_current.clear();
    return request;
}

Result<report::Report> run(const deploy::Options& o, const cli::Context& context) {
    if (o.command == "supervise") {
        if (o.slot.empty()) return usage("supervise needs the folder of a slot, or a target's root after a reboot");
        if (sys::inspect(o.slot).type == sys::FileType::absent)
            return usage(fmt::format("'{}' is not there; name a target's root, or the folder of a slot below it",
                                     one_line(o.slot)));
        // After a reboot it is given a target's root.
        const bool whole = sys::inspect(sys::Path(o.slot) / "slots").type != sys::FileType::absent;
        TRY_VOID(whole ? deploy::start_at_boot(o.slot) : deploy::supervise(o.slot));
        return report::Report{};
    }
    if (is_from_nowhere(o, context)) return deploy::status_of_host(context.variables);
    const std::string command = o.command.empty() ? "apply" : o.command;
    std::optional<deploy::Group> group;
    if (o.root.empty()) group = TRY(group_of(o, context));
    if (group && o.component.empty()) {
        auto request = asked(o, context, context.config.profile(context.environment));
        return deploy::run_group(command, *group, context.variables, request);
    }
    auto settings = TRY(settings_of(o, context, group));
    // The root says which environment it is: whoever names another one means another root.
    auto meant = context;
    meant.environment = settings.environment;
    for (const auto& [flag, name] : {std::pair("env", context.environment), std::pair("confirm", context.confirm)})
        if (!o.root.empty() && !name.empty() && name != settings.environment)
            return usage(fmt::format("'{}' is the root of environment {}, not of {} (from --{}); nothing was changed",
                                     one_line(o.root), settings.environment, one_line(name), flag));
    settings.policy.hooks = TRY(deploy::without(std::move(settings.policy.hooks), o.asked.skip));
    auto request = asked(o, meant, deploy::profile_of(settings));
    std::optional<sys::Lock> of_all;
    const bool moves = command == "apply" || command == "rollback" || command == "down";
    if (group && moves && !request.dry_run) {
        auto taken = TRY(deploy::lock_of(*group, request.wait_lock));
        of_all.emplace(std::move(taken));
    }
    if (command == "history" && !request.sign_off.empty())
        return deploy::sign_off(settings, context.variables, request);
    if (command == "apply" && !request.dry_run) TRY_VOID(deploy::check_lacking(settings, context.variables));
    const auto row =
        std::find_if(rows().begin(), rows().end(), [&](const Row& one) { return one.command.name == command; });
    return row->run(settings, context.variables, request);
}

// Again and again, for somebody who looks; the last one is what the run ends with.
Result<report::Report> watched(const deploy::Options& o, const cli::Context& context) {
    if (o.watch.count() <= 0)
        return usage(fmt::format("watch: '{}' would print without a pause; write 2s or longer (from {})",
                                 format_duration(o.watch), context.origins.at("watch")));
    if (context.format != "text")
        return usage("--watch prints for a person, so it can't be used with --format; leave --format out");
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
    deploy::Options o;
    return cli::run(spec(o), argc, argv, [&](const cli::Context& context) {
        return context.is_given("watch") ? watched(o, context) : run(o, context);
    });
}
