#include "cli/confirm.h"
#include "cli/publish.h"
#include "cli/run.h"
#include "deploy/commands.h"
#include "deploy/direct/supervisor.h"
#include "deploy/direct/variables.h"
#include "deploy/promotion.h"
#include "deploy/report_rules.h"

using namespace fairlead;

namespace {

struct Options {
    std::string command, slot;
    deploy::Request asked;
    std::int64_t count = 20;
};

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
        {.name = "status", .help = "Prints what is deployed and what really runs.", .only_tells = true},
        {.name = "history", .help = "Prints finished deployments and checks their chain.", .only_tells = true},
        {.name = "router", .help = "Prints the nginx configuration to include once.", .only_tells = true},
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
        {.name = "reason",
         .target = &o.asked.reason,
         .help = "Why it is rolled back or stopped; kept in the history.",
         .placeholder = "TEXT",
         .of = {"rollback", "down"}},
        {.name = "check",
         .target = &o.asked.check,
         .help = "Exit status 1 when plan has something to do, or status finds what is not as recorded.",
         .of = {"plan", "status"}},
        {.name = "count",
         .target = {&o.count, Type::positive},
         .help = "How many deployments are printed.",
         .placeholder = "N",
         .of = {"history"}},
        {.name = "export",
         .target = &o.asked.export_to,
         .help = "Writes the record of what serves to FILE, for --promote-from of another environment.",
         .placeholder = "FILE",
         .of = {"history"}},
        {.name = "wait-lock",
         .target = &o.asked.wait_lock,
         .help = "How long to wait for another deployment to end.",
         .placeholder = "DURATION",
         .of = {"apply", "rollback", "down"}},
        {.name = "slot",
         .target = &o.slot,
         .help = "Folder of the slot to supervise.",
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
        {"verdict", "deployed, already, rolled_back, failed, aborted, restored, untouched, stopped or open."},
        {"url", "Where it serves."},
        {"duration", "How long it took."},
    };
    spec.section = deploy::fields();
    spec.milder = deploy::milder();
    spec.rules = deploy::report_rules();
    spec.needs = {{cli::Need::network}, {cli::Need::programs}};
    spec.needs_environment = true;
    spec.settles_signals = true;
    spec.check = [&o](const cli::Context& context) -> Result<void> {
        const auto settings = TRY(deploy::read_settings(context.config, context.environment, context.variables));
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

Result<report::Report> run(const Options& o, const cli::Context& context) {
    if (o.command == "supervise") {
        if (o.slot.empty()) return usage("supervise needs the folder of a slot");
        TRY_VOID(deploy::supervise(o.slot));
        return report::Report{};
    }
    const auto settings = TRY(deploy::read_settings(context.config, context.environment, context.variables));
    auto request = o.asked;
    request.dry_run = context.dry_run;
    request.count = o.count > 0 ? static_cast<std::size_t>(o.count) : 0;
    request.confirm = [&](std::string_view act) { return cli::confirm(context, act); };
    if (request.if_current == "any") request.if_current.clear();
    if (!request.export_to.empty()) TRY_VOID(cli::refuse_source({"json", request.export_to}, context));
    if (o.command == "plan") return deploy::plan(settings, context.variables, request);
    if (o.command == "rollback") return deploy::rollback(settings, context.variables, request);
    if (o.command == "down") return deploy::down(settings, context.variables, request);
    if (o.command == "status") return deploy::status(settings, context.variables, request);
    if (o.command == "history") return deploy::history(settings, request);
    if (o.command == "router") return deploy::router(settings);
    return deploy::apply(settings, context.variables, request);
}
}

int main(int argc, char** argv) {
    Options o;
    return cli::run(spec(o), argc, argv, [&](const cli::Context& context) { return run(o, context); });
}
