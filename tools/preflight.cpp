#include "cli/declare.h"
#include "cli/run.h"
#include "preflight/report.h"
#include "preflight/run.h"

using namespace fairlead;

namespace {

struct Flags {
    preflight::Request request;
    std::string severity = "info", fail_on = "error", baseline = ".fairlead/preflight.jsonl";
    bool write_baseline = false, accept_new = false;
};

const std::vector<std::string> levels = {"error", "warning", "info"};

cli::Input one_of(std::vector<std::string> allowed, cli::Input input) {
    input.allowed = std::move(allowed);
    input.placeholder.clear();
    return input;
}

cli::Input told_by(char letter, cli::Input input) {
    input.short_name = letter;
    return input;
}

cli::Input words(cli::Input input) {
    input.positional = true;
    return input;
}

std::vector<cli::Input> inputs(Flags& flags) {
    auto& request = flags.request;
    const auto check = [](cli::Input input) { return cli::only({"check"}, std::move(input)); };
    using cli::begins, cli::by_hand, cli::choice, cli::lines;
    return {
        cli::only({"check", "explain"},
                  words(choice("target", &request.targets, "Files and folders to judge; of `explain` the ids of rules.",
                               "PATH|RULE"))),
        one_of({"development", "staging", "production"},
               check(choice("profile", &request.profile,
                            "Which levels count; default: the environment's, else production."))),
        check(choice("only", &request.asked.only, "Rules to ask; also those that are off.", "RULE,...")),
        check(choice("skip", &request.asked.skip, "Rules to leave out.", "RULE,...")),
        check(choice("group", &request.asked.groups,
                     "Groups of rules to ask: docker, compose, env; host asks this machine.", "GROUP,...")),
        one_of(levels, check(choice("severity", &flags.severity, "What is below is not told."))),
        one_of(levels, check(choice("fail-on", &flags.fail_on, "From which level on a finding is a no."))),
        check(lines(by_hand("set", &request.settings, "A setting of fairlead.yml for this run.", "KEY=VALUE"))),
        check(choice("allow-empty", &request.allow_empty, "Lets a look at nothing pass.")),
        begins("what is read",
               check(choice("env-file", &request.env_files,
                            "The environment's env files; default: those that are found.", "FILE,..."))),
        one_of({"process"}, check(choice("env-from", &request.env_from, "Judges the variables of the process, too."))),
        one_of({"compose", "docker", "systemd", "dotenv", "node", "shell"},
               check(choice("dialect", &request.dialect, "Who reads the env files; default: told by who uses them."))),
        told_by('f', check(choice("compose-file", &request.compose_files, "Compose files, merged in this order.",
                                  "FILE,..."))),
        check(choice("stage", &request.stage, "The Dockerfile's stage that is built; default: compose's, or the last.",
                     "NAME")),
        check(by_hand("stdin-name", &request.stdin_name, "What the file is called that comes as -.", "PATH")),
        check(by_hand("print-env", &request.print_env,
                      "Prints what the dialect's reader would see, and judges nothing.", "FILE")),
        cli::only({"env"}, choice("check", &request.page,
                                  "A Markdown page whose table has to be that one; else the answer is no.", "FILE")),
        check(lines(choice("url", &request.urls,
                           "Asks a running site as well, by fairlead-fetch; nothing is asked without it.", "URL"))),
        check(choice("run-django", &request.run_django,
                     "Runs `manage.py check --deploy` with the env file: Django's own answer counts.")),
        begins("what is changed",
               check(by_hand("fix", &request.fix, "Mends what is safe to mend; shows it as a diff."))),
        check(choice("baseline", &flags.baseline, "Known findings, which decide nothing; from the project's root.",
                     "FILE")),
        check(by_hand("write-baseline", &flags.write_baseline, "Takes findings that are gone out of the baseline.")),
        check(by_hand("accept-new", &flags.accept_new, "With --write-baseline: adds the new findings, too.")),
    };
}

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
             {.name = "explain", .help = "Says what a rule is about.", .reads_config = false, .only_tells = true}},
        .command = &flags.request.command,
        .inputs = inputs(flags),
        .outputs = {{"findings", "Number of findings that are a no."}, {"score", "0 to 100."}},
        .section = preflight::settings_rows().fields(),
        .milder = preflight::milder(),
        .rules = preflight::report_rules(),
        .rules_page = preflight::render_rules,
        .examples = {"fairlead-preflight", "fairlead-preflight --env staging", "fairlead-preflight --fix --dry-run",
                     "fairlead-preflight explain docker-user-root"},
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
                  {.what = cli::Need::programs_at_first, .input = "run-django"}},
        .writes = [&flags](const cli::Context& context) { return preflight::writes(request_of(flags, context)); },
    };
}

Result<report::Report> run(const Flags& flags, const cli::Context& context) {
    if (flags.accept_new && !flags.write_baseline)
        return usage("--accept-new alone does nothing; write --write-baseline --accept-new");
    return preflight::run(request_of(flags, context),
                          {context.config, context.section, context.change, context.variables, context.hold});
}

}

int main(int argc, char** argv) {
    Flags flags;
    flags.request.command = "check";
    return cli::run(spec(flags), argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
