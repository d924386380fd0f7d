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

inline cli::Input told_by(char letter, cli::Input input) {
    input.short_name = letter;
    return input;
}

inline std::vector<cli::Input> inputs(Flags& flags) {
    auto& request = flags.request;
    const auto check = [](cli::Input input) { return cli::only({"check"}, std::move(input)); };
    const auto judges = [](cli::Input input) { return cli::only({"check", "checklist"}, std::move(input)); };
    const auto list = [](cli::Input input) { return cli::only({"checklist"}, std::move(input)); };
    const auto sign = [](cli::Input input) { return cli::only({"sign"}, std::move(input)); };
    auto& listed = request.listed;
    using cli::allowed, cli::begins, cli::by_hand, cli::choice, cli::lines, cli::word;
    return {
        cli::only(
            {"check", "explain", "checklist", "sign"},
            word(choice(
                "target", &request.targets,
                "Files and folders to judge; for `explain` ids of rules, for `checklist` its name, for `sign` items.",
                "PATH|NAME"))),
        allowed({"development", "staging", "production"},
                judges(choice("profile", &request.profile,
                              "The profile whose levels count; default: the environment's profile, else production."))),
        check(choice("only", &request.asked.only, "Rules to run, even if they are off.", "RULE,...")),
        check(choice("skip", &request.asked.skip, "Rules to leave out.", "RULE,...")),
        check(choice("group", &request.asked.groups,
                     "Groups of rules to run: docker, compose, env; host looks at this machine.", "GROUP,...")),
        allowed(levels, check(choice("severity", &flags.severity, "Lowest level that is shown."))),
        allowed(levels, check(choice("fail-on", &flags.fail_on, "Lowest level of a finding that makes the run fail."))),
        judges(lines(by_hand("set", &request.settings, "A setting of fairlead.yml for this run.", "KEY=VALUE"))),
        check(choice("all", &request.all, "Shows each finding; otherwise one line for each cause, and the 20 worst.")),
        check(choice("allow-empty", &request.allow_empty, "Passes even if there was nothing to look at.")),
        begins("what is read",
               judges(choice("env-file", &request.env_files,
                             "The environment's env files; default: the files that are found.", "FILE,..."))),
        allowed({"process"}, check(choice("env-from", &request.env_from, "Judges the variables of the process, too."))),
        allowed({"compose", "docker", "systemd", "dotenv", "node", "shell"},
                check(choice("dialect", &request.dialect,
                             "The program that reads the env files; default: taken from the files that use them."))),
        told_by('f', judges(choice("compose-file", &request.compose_files, "Compose files, merged in this order.",
                                   "FILE,..."))),
        check(choice("stage", &request.stage, "The Dockerfile's stage that is built; default: compose's, or the last.",
                     "NAME")),
        check(by_hand("stdin-name", &request.stdin_name, "The name of the file that comes as -.", "PATH")),
        check(by_hand("print-env", &request.print_env,
                      "Prints the variables as the dialect's reader sees them, secrets as *** except in JSON at a "
                      "terminal; judges nothing.",
                      "FILE")),
        cli::only({"env"}, choice("check", &request.page,
                                  "A Markdown page that must contain this table; otherwise the run fails.", "FILE")),
        judges(lines(choice("url", &request.urls,
                            "Also looks at a running site, through fairlead-fetch; without --url nothing is asked.",
                            "URL"))),
        check(choice("run-django", &request.run_django,
                     "Runs `manage.py check --deploy` with the env file: Django's own answer counts.")),
        begins("what is changed", check(by_hand("fix", &request.fix,
                                                "Fixes findings that are safe to fix; shows the changes as a diff."))),
        judges(choice("baseline", &flags.baseline, "Known findings, which don't count; a path from the project's root.",
                      "FILE")),
        check(by_hand("write-baseline", &flags.write_baseline, "Removes findings that are gone from the baseline.")),
        check(by_hand("accept-new", &flags.accept_new, "With --write-baseline: adds the new findings, too.")),
        allowed({"before", "after", "drill"},
                begins("checklists", list(choice("phase", &listed.phase, "The phase whose items are shown.")))),
        allowed({"section", "refs"},
                list(choice("group-by", &listed.group_by, "Groups the items by section or by reference."))),
        list(by_hand("count", &listed.count, "Only shows how many items there are.")),
        list(choice("import", &listed.imported, "Markdown files whose open points (- [ ]) become items.", "FILE,...")),
        sign(by_hand("checklist", &listed.list,
                     "The checklist of the items, if several checklists have an item of that id.", "NAME")),
        sign(by_hand("evidence", &listed.evidence, "Evidence for a yes: a URL, or a path in the repository.", "WHAT")),
        allowed({"yes", "no", "na"},
                sign(by_hand("verdict", &listed.verdict, "na: it does not apply here, and --note says why."))),
        sign(by_hand("note", &listed.note, "A line for the reader.", "TEXT")),
        sign(by_hand("expires", &listed.expires, "Ends the sign-off earlier than the item says: a day or a duration.",
                     "WHEN")),
        sign(by_hand("key", &listed.key, "File of the private key (PEM, Ed25519) that seals the sign-off.", "FILE")),
    };
}

}
