#pragma once
// The flags of fairlead-migrate: each with the commands that take it.

#include "cli/declare.h"
#include "migrate/commands.h"
#include <string>
#include <utility>
#include <vector>

namespace fairlead::migrate {

inline std::vector<cli::Input> inputs(Asked& flags) {
    auto& [command, asked, request] = flags;
    using cli::allowed, cli::choice, cli::only, cli::typed, cli::word;
    const auto database = commands_of_database();
    return {
        only({"lint"},
             word(choice("files", &asked.files, "Files and folders to judge; default: migrate.dir.", "FILE"))),
        only({"plan"},
             choice("file", &asked.plan, "A migration whose statements are shown, without a database.", "FILE")),
        only({"lint"},
             choice("only", &asked.only, "Only these rules, also those that are off by default.", "RULE,...")),
        only({"lint", "pending", "plan", "up"}, choice("skip", &asked.skip, "Rules to leave out.", "RULE,...")),
        only({"lint", "plan"}, choice("postgres", &asked.postgres,
                                      "The server's major version; default: migrate.postgres, else 15.", "MAJOR")),
        allowed(
            {"postgres", "sqlite", "mysql"},
            only({"lint", "plan"}, choice("engine", &asked.engine, "The engine of the SQL; default: migrate.engine."))),
        allowed({"auto", "file", "none"}, only({"lint"}, choice("transaction", &asked.transaction,
                                                                "How a file runs: auto: by its own mark, file: in one "
                                                                "transaction, none: statement by statement."))),
        only({"up", "down"}, word(choice("count", &request.count,
                                         "How many migrations; up applies all by default, down has no default.", "N"))),
        only({"up", "down", "plan"},
             choice("to", &request.to, "The version to stop at; for down, 0 means all.", "VERSION")),
        allowed({"expand", "contract"},
                only({"up", "plan", "pending"},
                     choice("phase", &request.phase,
                            "Only migrations of this phase; a file is of phase contract only if a mark says so."))),
        only({"new", "seed"},
             word(choice("name", &request.name, "The name of the migration, or of the seed.", "NAME"))),
        only({"baseline"}, word(choice("at", &request.version, "The version that the database is at.", "VERSION"))),
        allowed({"auto", "yes", "no"},
                only({"up", "down"}, choice("backup-first", &request.backup_first,
                                            "Whether a backup is made before; default: migrate.backup_first."))),
        only({"up", "down", "redo", "seed"},
             choice("confirm-destructive", &request.confirm_destructive,
                    "Versions that may destroy data in production, or without an environment.", "VERSION,...")),
        only({"repair"}, typed(choice("mark-applied", &request.mark_applied,
                                      "Records that all of this migration is there.", "VERSION"))),
        only({"repair"}, typed(choice("mark-pending", &request.mark_pending,
                                      "Records that nothing of this migration is there.", "VERSION"))),
        only({"repair"}, typed(choice("mark-ran", &request.mark_ran, "Records that this statement ran.", "VERSION:N"))),
        only({"repair"}, typed(choice("mark-not-ran", &request.mark_not_ran, "Records that this statement did not run.",
                                      "VERSION:N"))),
        only({"repair"}, typed(choice("accept-checksum", &request.accept_checksum,
                                      "Accepts the migration's file as it is now.", "VERSION"))),
        only({"repair"}, typed(choice("drop-invalid-indexes", &request.drop_invalid_indexes,
                                      "Drops invalid indexes that a failed migration left behind."))),
        only({"rehearse"},
             choice("budget", &request.budget, "Fails if a migration needs more: lock<2s,total<60s.", "BUDGET")),
        only({"rehearse"},
             choice("round-trip", &request.round_trip, "Runs up, down and up again; the schema has to match.")),
        only({"unlock"}, typed(choice("terminate", &request.terminate,
                                      "The process that holds the lock; its session is ended.", "PID"))),
        only({"plan", "pending", "status", "history"}, choice("ask-tool", &request.ask_tool,
                                                              "Starts the project's own migration tool if its files "
                                                              "don't say enough; only in a change of your own.")),
        only(database, choice("dir", &request.dir, "Where the migrations are; default: migrate.dir.", "FOLDER")),
        only(database, choice("table", &request.table,
                              "The table that records what is applied; default: migrate.table.", "NAME")),
        only({"up", "down", "redo", "baseline", "repair", "seed"},
             choice("wait-lock", &request.wait_lock, "How long to wait if another command migrates the database.",
                    "DURATION")),
        only({"up", "down", "redo"},
             choice("statement-timeout", &request.statement_timeout,
                    "How long a statement may take; default: migrate.statement_timeout.", "DURATION")),
    };
}

}
