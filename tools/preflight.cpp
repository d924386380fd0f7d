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
            "Reads env files as their readers do, Dockerfiles, compose files as compose merges them, nginx, "
            "ignore files, manifests and workflows, and judges them together: what one file asks for, another "
            "must give. Offline but for --url, in milliseconds, nothing is started.\n\nEach finding names its way out; "
            "`fairlead-preflight explain RULE` says why it matters.",
        .commands =
            {{.name = "check", .help = "Judges the project, or the files that are named.", .acts = true},
             {.name = "env",
              .help = "Prints the table of variables that the templates and compose files name.",
              .only_tells = true},
             {.name = "checklist",
              .help = "Walks deployment, security or your own: what holds, what is open, who is asked.",
              .only_tells = true,
              .formats = {"html"}},
             {.name = "sign",
              .help = "A person's word for items of a checklist, to be committed.",
              .acts = true,
              .only_tells = true},
             {.name = "explain", .help = "Says what a rule is about.", .reads_config = false, .only_tells = true}},
        .command = &flags.request.command,
        .inputs = preflight::inputs(flags),
        .outputs = {{"findings", "Number of findings that are a no."}, {"score", "0 to 100."}},
        .section = {[] { return preflight::settings_rows().fields(); }},
        .milder = preflight::milder(),
        .rules = {preflight::report_rules},
        .added_rules = preflight::own_rule_ids,
        .rules_page = preflight::render_rules,
        .formats = {"html"},
        .examples = {"fairlead-preflight", "fairlead-preflight --env staging", "fairlead-preflight --fix --dry-run",
                     "fairlead-preflight explain docker-user-root",
                     "fairlead-preflight checklist deployment --env staging"},
        .action_examples = {{.with = {}},
                            {.title = "For staging, with the findings as a file for code scanning:",
                             .with = {{"env", "staging"}, {"output", "reports/preflight.sarif"}}},
                            {.title = "Warnings are a no, too, but for one rule:",
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
    };
}

Result<report::Report> run(const Flags& flags, const cli::Context& context) {
    if (flags.accept_new && !flags.write_baseline)
        return usage("--accept-new alone does nothing; write --write-baseline --accept-new");
    return preflight::run(request_of(flags, context),
                          {context.config, context.section, context.change, context.variables,
                           sys::is_terminal(1) && context.output.empty(), context.hold});
}

}

int main(int argc, char** argv) {
    Flags flags;
    flags.request.command = "check";
    return cli::run(spec(flags), argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
