#pragma once
// The flags of fairlead-deploy: each with the commands that take it.

#include "cli/declare.h"
#include "deploy/commands.h"
#include <string>
#include <utility>
#include <vector>

namespace fairlead::deploy {

struct Options {
    std::string command, slot, root, component;
    Request asked;
    std::int64_t count = 20, lines = 100;
    Milliseconds watch{0};
};

inline std::vector<cli::Input> inputs(Options& o) {
    using cli::allowed, cli::by_hand, cli::choice, cli::only, cli::word, cli::written;
    auto& asked = o.asked;
    auto if_current =
        choice("if-current", &asked.if_current,
               "Roll back only if this release serves, else change nothing; any: roll back whichever release serves.",
               "RELEASE");
    if_current.blank =
        "write the release to take back (the deploy step's output release), or any for whichever release serves";
    return {
        only({"apply", "plan"},
             choice("release-version", &asked.release_version,
                    "First part of the release's id; default: release.version, else the short commit.", "VERSION")),
        only({"apply", "plan"},
             choice("commit", &asked.commit,
                    "Commit that the release was built from; default: the commit of the release's folder.", "ID")),
        only({"apply", "plan"}, choice("promote-from", &asked.promote_from,
                                       "Record with which the environment of promote_from proves this release (written "
                                       "there by history --export).",
                                       "FILE")),
        only({"apply"}, choice("without-evidence", &asked.without_evidence,
                               "In an emergency: deploy although required evidence is missing. The reason is kept in "
                               "the history, and status reports it.",
                               "REASON")),
        only({"apply", "plan"}, choice("force", &asked.force, "Deploy the release again even if it already serves.")),
        only({"rollback"},
             word(choice("to", &asked.to, "Release or version to roll back to; default: the previous release.",
                         "RELEASE"))),
        only({"rollback"}, if_current),
        only({"rollback"},
             choice("with-down", &asked.with_down,
                    "First takes back the database's migrations after that version, with fairlead-migrate down.",
                    "VERSION")),
        only({"rollback", "status", "logs", "history"},
             choice("root", &o.root,
                    "Root of the target, used instead of a fairlead.yml: the settings are "
                    "those of the release that serves there.",
                    "FOLDER")),
        only({"apply", "plan", "rollback", "down", "lock", "unlock", "approve", "status", "logs", "history", "router"},
             choice("component", &o.component, "Run only for this component of deploy.components.", "NAME")),
        only({"status"}, choice("resources", &asked.resources,
                                "Also print what each instance uses: processors, memory, network, restarts, age.")),
        only({"status"},
             written({"status"}, "openmetrics",
                     choice("metrics", &asked.metrics, "Writes the resources to FILE as OpenMetrics.", "FILE"))),
        only({"status"},
             by_hand("watch", &o.watch, "Prints the status again at this interval, until a signal comes.", "DURATION")),
        only({"logs"}, word(choice("of", &asked.of,
                                   "Slot or instance (a, a.2, b-worker); default: the slot that serves.", "NAME"))),
        only({"logs"}, choice("lines", {&o.lines, Type::positive}, "Number of lines of each instance.", "N")),
        only({"status"},
             choice("rebuild", &asked.rebuild,
                    "Rebuilds lost or damaged records from the running release and the files on this host.")),
        only({"rollback", "down", "lock"},
             choice("reason", &asked.reason, "Reason of the rollback, stop or lock; kept in the history.", "TEXT")),
        only({"plan", "approve", "apply"},
             written({"plan"}, "plan",
                     choice("plan", &asked.plan_file,
                            "File of a plan: plan writes it, approve signs it, apply refuses it if it is out of date.",
                            "FILE"))),
        only({"approve"}, by_hand("key", &asked.key, "File of the approver's private key (PEM, Ed25519).", "FILE")),
        only({"apply", "plan"}, choice("skip", &asked.skip, "Hooks to leave out, by name.", "NAME")),
        only({"apply"},
             allowed({"auto", "true", "false"}, choice("if-newer", &asked.if_newer,
                                                       "Refuse a commit older than the commit that serves; auto: "
                                                       "refuse it in CI, if the clone shows which is older."))),
        only({"apply"},
             choice("retry-bad", &asked.retry_bad, "Deploy a release that failed or was rolled back before.")),
        only({"plan", "status", "router"},
             choice("check", &asked.check,
                    "Exit with status 1 if plan has something to do, if status differs from the record, or if the "
                    "router runs with another configuration.")),
        only({"router"}, choice("install", &asked.install,
                                "Writes the router's configuration to FILE, or with --check compares it.", "FILE")),
        only({"history"}, choice("count", {&o.count, Type::positive}, "Number of deployments to print.", "N")),
        only({"history"},
             written(
                 {"history"}, "json",
                 choice(
                     "export", &asked.export_to,
                     "Writes the record of the release that serves to FILE, for --promote-from of another environment.",
                     "FILE"))),
        only({"history"},
             choice(
                 "sign-off", &asked.sign_off,
                 "Records why breaks in the history's chain need no more attention; after that they are not reported.",
                 "REASON")),
        only({"apply", "rollback", "down", "lock", "unlock", "history"},
             choice("wait-lock", &asked.wait_lock, "Time to wait for another deployment to end.", "DURATION")),
        only({"supervise"}, word(by_hand("slot", &o.slot,
                                         "Folder of the slot to supervise, or after a reboot the root of a target, to "
                                         "start the release that served there.",
                                         "FOLDER"))),
    };
}

}
