#include "inputs/preflight.h"
#include "cli/run.h"
#include "preflight/report.h"
#include "preflight/run.h"
#include "sys/files/terminal.h"

using namespace fairlead;
using preflight::Flags;

namespace {

preflight::Request request_of(const Flags& flags, const cli::Context& context) {
    using Request = preflight::Request;
    Request request = flags.request;
    request.environment = context.environment;
    request.dry_run = context.dry_run;
    request.explain = context.explain;
    request.baseline = flags.baseline;
    request.asked.severity = *report::level_named(flags.severity);
    request.fail_on = *report::level_named(flags.fail_on);
    if (flags.write_baseline)
        request.what = flags.accept_new ? Request::Baseline::accept_new : Request::Baseline::write;
    return request;
}

cli::Spec spec(Flags& flags) {
    return {
        .tool = "preflight",
        .summary =
            "Judges whether a configuration may go to production: env files, images, compose, proxy, repository.",
        .details =
            "Reads env files as their readers do, compose files as compose merges them, Dockerfiles, nginx, ignore "
            "files, manifests and workflows. It judges them together: if one file asks for something, another file "
            "must give it. It works offline, takes milliseconds and starts nothing, except with --url, --run-django or "
            "--group host.\n\nEach finding names its way out; `fairlead-preflight explain RULE` says why it matters.",
        .commands =
            {{.name = "check", .help = "Judges the project, or the files that are named.", .acts = true},
             {.name = "env",
              .help = "Prints the table of variables that the templates and compose files name.",
              .only_tells = true},
             {.name = "checklist",
              .help =
                  "Shows each item of a checklist (deployment, security or your own): its state, and who has to sign.",
              .only_tells = true},
             {.name = "sign",
              .help = "Signs items of a checklist; you commit the sign-offs.",
              .acts = true,
              .only_tells = true},
             {.name = "explain", .help = "Explains a rule.", .reads_config = false, .only_tells = true}},
        .command = &flags.request.command,
        .inputs = preflight::inputs(flags),
        .outputs = {{"findings", "Number of findings that make the run fail."}, {"score", "0 to 100."}},
        .section = {[] { return preflight::settings_rows().fields(); }},
        .milder = preflight::milder(),
        .rules = {preflight::report_rules},
        .added_rules = preflight::own_rule_ids,
        .rules_page = preflight::render_rules,
        .examples = {"fairlead-preflight", "fairlead-preflight --env staging", "fairlead-preflight --fix --dry-run",
                     "fairlead-preflight explain docker-user-root",
                     "fairlead-preflight checklist deployment --env staging"},
        .action_examples = {{.with = {}},
                            {.title = "For staging, with the findings as a file for code scanning:",
                             .with = {{"env", "staging"}, {"output", "reports/preflight.sarif"}}},
                            {.title = "Warnings make the run fail, too, except those of one rule:",
                             .with = {{"fail-on", "warning"}, {"skip", "compose-limits"}}}},
        .check =
            [&flags](const cli::Context& context) {
                return preflight::check(request_of(flags, context), context.config, context.section);
            },
        .needs = {{.what = cli::Need::programs_at_first, .input = "url"},
                  {.what = cli::Need::programs_at_first, .input = "group"},
                  {.what = cli::Need::programs_at_first, .input = "only"},
                  {.what = cli::Need::project_programs, .input = "run-django"},
                  {.what = cli::Need::programs, .command = "checklist"},
                  {.what = cli::Need::programs, .command = "sign"}},
        .writes = [&flags](const cli::Context& context) { return preflight::writes(request_of(flags, context)); },
        .judges = {"check"},
        .harmless = {"url", "run-django"},
    };
}

Result<report::Report> run(const Flags& flags, const cli::Context& context) {
    if (flags.accept_new && !flags.write_baseline)
        return usage("--accept-new alone does nothing; write --write-baseline --accept-new");
    return preflight::run(request_of(flags, context),
                          {context.config, context.section, context.change, context.variables,
                           sys::is_terminal(1) && context.output.empty() && context.format == "json", context.hold});
}

}

int main(int argc, char** argv) {
    Flags flags;
    flags.request.command = "check";
    return cli::run(spec(flags), argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
