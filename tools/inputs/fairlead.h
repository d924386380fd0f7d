#pragma once
// The flags of fairlead itself: each with the commands that take it.

#include "act/act.h"
#include "cli/declare.h"
#include "init/kit.h"
#include "verify/evidence.h"
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
    verify::EvidenceRequest evidence;
};

inline std::vector<cli::Input> inputs(Options& o) {
    using cli::allowed, cli::by_hand, cli::choice, cli::lines, cli::only, cli::typed, cli::word, cli::written;
    return {
        only({"run"}, choice("only", &o.only, "Runs only these steps.")),
        only({"run"}, choice("skip", &o.skip, "Skips these steps; the table shows them as skipped.")),
        only({"init"}, typed(choice("force", &o.force, "Overwrites files that exist."))),
        only({"init"},
             allowed({"github", "gitlab", "generic"},
                     by_hand("ci", &o.ci, "The CI to write files for; generic is a script for any other CI."))),
        only({"init"}, typed(choice("backup", &o.backup,
                                    "Also writes files that run fairlead-backup on a schedule: systemd units, a "
                                    "workflow, a compose service."))),
        only({"recover"},
             word(by_hand("set", &o.set,
                          "The set to recover from, or a part of its id; default: the newest verified set.", "ID"))),
        only({"init"},
             typed(choice(
                 "check", &o.check,
                 "Runs the steps that were found once: install, tests and gate. Without this flag, no step is run."))),
        only({"init"}, typed(choice("production", &o.kit.production,
                                    "Writes only the files for production: settings, images, compose, proxy, pages."))),
        only({"init"}, typed(choice("apply", &o.kit.apply,
                                    "With --production: writes the sections of fairlead.yml that say what the kit "
                                    "runs; default: shows the difference."))),
        only({"init"},
             allowed(init::stacks(),
                     by_hand("stack", &o.kit.stack,
                             "With --production or --readme: the stack of the program; default: from its manifests."))),
        only({"init"}, allowed({"nginx", "caddy", "none"},
                               by_hand("proxy", &o.kit.proxy,
                                       "With --production: the proxy that ends TLS; none: no proxy is written."))),
        only({"init"}, typed(choice("readme", &o.kit.readme,
                                    "Writes only README.md, with the sections of a production repository."))),
        only({"init"},
             allowed(init::templates(), typed(choice("template", &o.kit.templates, "Writes only these pages.")))),
        only({"init"}, typed(choice("secrets", &o.secrets,
                                    "Only makes strong values for the empty secrets of .env.production.example."))),
        only({"init"},
             typed(
                 choice("to", &o.to,
                        "With --secrets: the env file to write them to, which git must ignore; default: this terminal.",
                        "FILE"))),
        only({"act"},
             word(by_hand(
                 "workflow", &o.act.workflow,
                 "The file of the workflow below .github/workflows; default: pull-request, or the only workflow.",
                 "NAME"))),
        only({"act"},
             by_hand("event", &o.act.event,
                     "The event that starts it; default: the first event of the workflow that can be simulated.")),
        only({"act"}, by_hand("base", &o.act.base,
                              "The commit to compare the change with; default: the default branch.", "REVISION")),
        only(
            {"act"},
            by_hand(
                "tag", &o.act.tag,
                "Runs as if this tag of HEAD had been pushed; default, if the workflow is for tags: the tag at HEAD.")),
        only({"act"},
             lines(by_hand("input", &o.act.inputs, "An input of workflow_dispatch, NAME=VALUE.", "NAME=VALUE"))),
        only({"act"}, by_hand("secret", &o.act.secrets,
                              "A variable that the workflow gets as a secret of the same name.", "NAME")),
        only({"act"},
             by_hand("image", &o.act.image, "Container mode: every job runs in this image; default: on this machine.")),
        only({"act"}, by_hand("actions", &o.act.actions,
                              "A checkout of Fairlead whose actions are used; default: the actions next to the "
                              "executable, else GitHub's.",
                              "FOLDER")),
        only({"act"}, typed(choice("live", &o.act.live,
                                   "Lets the Fairlead tools act in a workflow that deploys; without it, they only "
                                   "print what they would do."))),
        only({"verify", "attest"}, word(typed(choice("file", &o.verify.files, "A file of the release.", "FILE")))),
        only({"verify", "attest"},
             typed(choice("key", &o.verify.keys,
                          "The public key whose signature counts, or the private key that signs: ed25519, PEM.",
                          "PEM"))),
        only({"verify", "attest"},
             written({"attest"}, "provenance",
                     typed(choice(
                         "provenance", &o.verify.provenance,
                         "The signed statement; default: FILE.intoto.json or the release's statement, next to FILE.",
                         "FILE")))),
        only({"verify"}, typed(choice("sums", &o.verify.sums, "SHA256SUMS of a release that you trust.", "FILE"))),
        only({"verify"},
             typed(choice("lock", &o.verify.lock, "fairlead.lock of the actions that you pinned.", "FILE"))),
        only({"evidence"},
             word(typed(choice("words", &o.evidence.words,
                               "list: all signed verdicts; show ID: one of them; verify: whether --env has what it "
                               "requires; prune: removes those older than --older-than.",
                               "WORD")))),
        only({"evidence"},
             typed(choice("commit", &o.evidence.commit,
                          "For verify: the commit of the release; default: the commit that is checked out.", "ID"))),
        only({"evidence"},
             typed(choice("digest", &o.evidence.digest,
                          "For verify: the SHA-256 of the release; default: any release of the commit.", "SHA256"))),
        only({"evidence"}, typed(choice("older-than", &o.evidence.older_than,
                                        "For prune: the least age of what is removed.", "DURATION"))),
        only({"attest"}, typed(choice("predicate", &o.verify.predicate,
                                      "JSON file that says how it was built: SLSA's provenance v1.", "FILE"))),
    };
}

}
