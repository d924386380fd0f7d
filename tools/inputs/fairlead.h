#pragma once
// The flags of fairlead itself: each with the commands that take it.

#include "act/act.h"
#include "cli/spec.h"
#include "init/kit.h"
#include "verify/verify.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

struct Options {
    std::string command = "run";
    std::vector<std::string> only, skip;
    std::string set; // of recover
    bool force = false, check = false, backup = false;
    std::string ci = "github";
    init::Kit kit;
    bool secrets = false;
    std::string to; // of its secrets
    act::Request act;
    verify::Request verify;
};

inline cli::Input written(cli::Input input, std::vector<std::string> by, std::string as) {
    input.written_by = std::move(by);
    input.written_as = std::move(as);
    return input;
}

inline cli::Input of_release(const char* name, cli::Target target, const char* help, const char* placeholder,
                             std::vector<std::string> commands) {
    return {.name = name,
            .target = target,
            .help = help,
            .placeholder = placeholder,
            .positional = std::string_view(name) == "file",
            .action = false,
            .typed = true,
            .of = std::move(commands)};
}

inline std::vector<cli::Input> inputs(Options& o) {
    return {
        {.name = "only", .target = &o.only, .help = "These steps only.", .of = {"run"}},
        {.name = "skip", .target = &o.skip, .help = "Leaves these steps out; the table says so.", .of = {"run"}},
        {.name = "force",
         .target = &o.force,
         .help = "Overwrites files that exist.",
         .action = false,
         .typed = true,
         .of = {"init"}},
        {.name = "ci",
         .target = &o.ci,
         .help = "Whose files are written; generic is a script for any other.",
         .allowed = {"github", "gitlab", "generic"},
         .action = false,
         .of = {"init"}},
        {.name = "backup",
         .target = &o.backup,
         .help = "Writes what runs fairlead-backup on a schedule, too: systemd units, a workflow, a compose service.",
         .action = false,
         .typed = true,
         .of = {"init"}},
        {.name = "set",
         .target = &o.set,
         .help = "The set to recover from, or a part of its id; default: the newest verified one.",
         .placeholder = "ID",
         .positional = true,
         .action = false,
         .of = {"recover"}},
        {.name = "check",
         .target = &o.check,
         .help = "Runs the steps that were found once: install, tests and gate. Else nothing is executed.",
         .action = false,
         .typed = true,
         .of = {"init"}},
        {.name = "production",
         .target = &o.kit.production,
         .help = "Writes what production needs, in place of all else: settings, images, compose, proxy, pages.",
         .action = false,
         .typed = true,
         .of = {"init"}},
        {.name = "stack",
         .target = &o.kit.stack,
         .help = "With --production or --readme: what the program is; default: as its manifests say.",
         .allowed = init::stacks(),
         .action = false,
         .of = {"init"}},
        {.name = "proxy",
         .target = &o.kit.proxy,
         .help = "With --production: who ends TLS; none writes no proxy.",
         .allowed = {"nginx", "caddy", "none"},
         .action = false,
         .of = {"init"}},
        {.name = "readme",
         .target = &o.kit.readme,
         .help = "Writes README.md with the sections of a production repository, in place of all else.",
         .action = false,
         .typed = true,
         .of = {"init"}},
        {.name = "template",
         .target = &o.kit.templates,
         .help = "Writes these pages, in place of all else.",
         .allowed = init::templates(),
         .action = false,
         .typed = true,
         .of = {"init"}},
        {.name = "secrets",
         .target = &o.secrets,
         .help = "Makes strong values for the empty secrets of .env.production.example, in place of all else.",
         .action = false,
         .typed = true,
         .of = {"init"}},
        {.name = "to",
         .target = &o.to,
         .help = "With --secrets: the env file that gets them, which git ignores; default: this terminal.",
         .placeholder = "FILE",
         .action = false,
         .typed = true,
         .of = {"init"}},
        {.name = "workflow",
         .target = &o.act.workflow,
         .help = "Its file below .github/workflows; default: pull-request, or the only one.",
         .placeholder = "NAME",
         .positional = true,
         .action = false,
         .of = {"act"}},
        {.name = "event",
         .target = &o.act.event,
         .help = "The event that starts it; default: the first of the workflow's that can be made up.",
         .action = false,
         .of = {"act"}},
        {.name = "base",
         .target = &o.act.base,
         .help = "What the change is compared with; default: the default branch.",
         .placeholder = "REVISION",
         .action = false,
         .of = {"act"}},
        {.name = "tag",
         .target = &o.act.tag,
         .help = "As if this tag of HEAD had been pushed; default, where the workflow is for tags: the one there.",
         .action = false,
         .of = {"act"}},
        {.name = "input",
         .target = &o.act.inputs,
         .help = "An input of workflow_dispatch, NAME=VALUE.",
         .placeholder = "NAME=VALUE",
         .action = false,
         .lines = true,
         .of = {"act"}},
        {.name = "secret",
         .target = &o.act.secrets,
         .help = "A variable that the workflow gets as a secret of that name.",
         .placeholder = "NAME",
         .action = false,
         .of = {"act"}},
        {.name = "image",
         .target = &o.act.image,
         .help = "Container mode: every job runs in this image; default: on this machine.",
         .action = false,
         .of = {"act"}},
        {.name = "actions",
         .target = &o.act.actions,
         .help = "A checkout of Fairlead whose actions are taken; default: those beside the executable, else "
                 "GitHub's.",
         .placeholder = "FOLDER",
         .action = false,
         .of = {"act"}},
        {.name = "live",
         .target = &o.act.live,
         .help = "Our tools act in a workflow that deploys; without it they only say what they would do.",
         .action = false,
         .typed = true,
         .of = {"act"}},
        of_release("file", &o.verify.files, "A file of the release.", "FILE", {"verify", "attest"}),
        of_release("key", &o.verify.keys, "Whose signature counts (public), or who signs (private): ed25519, PEM.",
                   "PEM", {"verify", "attest"}),
        written(of_release("provenance", &o.verify.provenance,
                           "The signed statement; default: FILE.intoto.json or the release's, beside FILE.", "FILE",
                           {"verify", "attest"}),
                {"attest"}, "provenance"),
        of_release("sums", &o.verify.sums, "SHA256SUMS, of a release that you trust.", "FILE", {"verify"}),
        of_release("lock", &o.verify.lock, "fairlead.lock of the actions that you pinned.", "FILE", {"verify"}),
        of_release("predicate", &o.verify.predicate, "How it was built: SLSA's provenance v1, JSON.", "FILE",
                   {"attest"})};
}

}
