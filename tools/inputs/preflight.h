#pragma once
// The flags of fairlead-preflight: each with the commands that take it.

#include "cli/declare.h"
#include "preflight/run.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

struct Flags {
    Request request;
    std::string severity = "info", fail_on = "error", baseline = ".fairlead/preflight.jsonl";
    bool write_baseline = false, accept_new = false;
};

inline const std::vector<std::string> levels = {"error", "warning", "info"};

inline cli::Input one_of(std::vector<std::string> allowed, cli::Input input) {
    input.allowed = std::move(allowed);
    input.placeholder.clear();
    return input;
}

inline cli::Input told_by(char letter, cli::Input input) {
    input.short_name = letter;
    return input;
}

inline cli::Input words(cli::Input input) {
    input.positional = true;
    return input;
}

inline std::vector<cli::Input> inputs(Flags& flags) {
    auto& request = flags.request;
    const auto check = [](cli::Input input) { return cli::only({"check"}, std::move(input)); };
    const auto judges = [](cli::Input input) { return cli::only({"check", "checklist"}, std::move(input)); };
    const auto list = [](cli::Input input) { return cli::only({"checklist"}, std::move(input)); };
    const auto sign = [](cli::Input input) { return cli::only({"sign"}, std::move(input)); };
    auto& listed = request.listed;
    using cli::begins, cli::by_hand, cli::choice, cli::lines;
    return {
        cli::only(
            {"check", "explain", "checklist", "sign"},
            words(choice("target", &request.targets,
                         "Files and folders to judge; of `explain` ids of rules, of `checklist` its name, of `sign` "
                         "items.",
                         "PATH|NAME"))),
        one_of({"development", "staging", "production"},
               judges(choice("profile", &request.profile,
                             "Which levels count; default: the environment's, else production."))),
        check(choice("only", &request.asked.only, "Rules to ask; also those that are off.", "RULE,...")),
        check(choice("skip", &request.asked.skip, "Rules to leave out.", "RULE,...")),
        check(choice("group", &request.asked.groups,
                     "Groups of rules to ask: docker, compose, env; host asks this machine.", "GROUP,...")),
        one_of(levels, check(choice("severity", &flags.severity, "What is below is not told."))),
        one_of(levels, check(choice("fail-on", &flags.fail_on, "From which level on a finding is a no."))),
        judges(lines(by_hand("set", &request.settings, "A setting of fairlead.yml for this run.", "KEY=VALUE"))),
        check(choice("all", &request.all, "Tells each finding; else one line for each cause, and the 20 worst.")),
        check(choice("allow-empty", &request.allow_empty, "Lets a look at nothing pass.")),
        begins("what is read",
               judges(choice("env-file", &request.env_files,
                             "The environment's env files; default: those that are found.", "FILE,..."))),
        one_of({"process"}, check(choice("env-from", &request.env_from, "Judges the variables of the process, too."))),
        one_of({"compose", "docker", "systemd", "dotenv", "node", "shell"},
               check(choice("dialect", &request.dialect, "Who reads the env files; default: told by who uses them."))),
        told_by('f', judges(choice("compose-file", &request.compose_files, "Compose files, merged in this order.",
                                   "FILE,..."))),
        check(choice("stage", &request.stage, "The Dockerfile's stage that is built; default: compose's, or the last.",
                     "NAME")),
        check(by_hand("stdin-name", &request.stdin_name, "What the file is called that comes as -.", "PATH")),
        check(by_hand("print-env", &request.print_env,
                      "Prints what the dialect's reader would see, and judges nothing.", "FILE")),
        cli::only({"env"}, choice("check", &request.page,
                                  "A Markdown page whose table has to be that one; else the answer is no.", "FILE")),
        judges(lines(choice("url", &request.urls,
                            "Asks a running site as well, by fairlead-fetch; nothing is asked without it.", "URL"))),
        check(choice("run-django", &request.run_django,
                     "Runs `manage.py check --deploy` with the env file: Django's own answer counts.")),
        begins("what is changed",
               check(by_hand("fix", &request.fix, "Mends what is safe to mend; shows it as a diff."))),
        judges(choice("baseline", &flags.baseline, "Known findings, which decide nothing; from the project's root.",
                      "FILE")),
        check(by_hand("write-baseline", &flags.write_baseline, "Takes findings that are gone out of the baseline.")),
        check(by_hand("accept-new", &flags.accept_new, "With --write-baseline: adds the new findings, too.")),
        one_of({"before", "after", "drill"},
               begins("checklists", list(choice("phase", &listed.phase, "Which items are walked.")))),
        one_of({"section", "refs"}, list(choice("group-by", &listed.group_by, "What items are shown under."))),
        list(by_hand("count", &listed.count, "Only tells how many items there are.")),
        list(choice("import", &listed.imported, "Markdown files whose open points (- [ ]) belong to it.", "FILE,...")),
        sign(by_hand("checklist", &listed.list, "Where two have an item of that id: which one.", "NAME")),
        sign(by_hand("evidence", &listed.evidence, "What a yes rests on: a URL, or a path of the repository.", "WHAT")),
        one_of({"yes", "no", "na"},
               sign(by_hand("verdict", &listed.verdict, "na: it does not apply here, and --note says why."))),
        sign(by_hand("note", &listed.note, "A line for the reader.", "TEXT")),
        sign(by_hand("expires", &listed.expires, "Earlier than the item says: a day or a duration.", "WHEN")),
        sign(by_hand("key", &listed.key, "File of the private key (PEM, Ed25519) that seals it.", "FILE")),
    };
}

}
