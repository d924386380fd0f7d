#include "cli/confirm.h"
#include "cli/declare.h"
#include "cli/run.h"
#include "migrate/commands.h"
#include "migrate/lint/lint.h"
#include "migrate/settings.h"

using namespace fairlead;

namespace {

cli::Input one_of(std::vector<std::string> allowed, cli::Input input) {
    input.allowed = std::move(allowed);
    input.placeholder.clear();
    return input;
}

cli::Input word(std::vector<std::string> commands, cli::Input input) {
    input.of = std::move(commands);
    input.positional = true;
    return input;
}

// Acts on what nobody asked for by chance: typed on the command line only.
cli::Input typed(const char* command, cli::Input input) {
    input.of = {command};
    input.typed = true;
    input.action = false;
    return input;
}

std::vector<cli::Input> inputs(migrate::Asked& flags) {
    auto& [command, asked, request] = flags;
    using cli::choice, cli::only;
    const auto database = migrate::commands_of_database();
    return {
        word({"lint"}, choice("files", &asked.files, "Files and folders to judge; default: migrate.dir.", "FILE")),
        only({"plan"},
             choice("file", &asked.plan, "A migration whose statements are told, without a database.", "FILE")),
        only({"lint"}, choice("only", &asked.only, "Rules to ask; also those that are off.", "RULE,...")),
        only({"lint", "pending", "plan", "up"}, choice("skip", &asked.skip, "Rules to leave out.", "RULE,...")),
        only({"lint", "plan"}, choice("postgres", &asked.postgres,
                                      "The server's major version; default: migrate.postgres, else 15.", "MAJOR")),
        one_of({"postgres", "sqlite", "mysql"},
               only({"lint", "plan"}, choice("engine", &asked.engine, "Whose SQL it is; default: migrate.engine."))),
        one_of({"auto", "file", "none"},
               only({"lint"}, choice("transaction", &asked.transaction,
                                     "How a file is run: by its own mark, in one transaction, or one by one."))),
        word({"up", "down"}, choice("count", &request.count, "How many; of up default all, of down none.", "N")),
        only({"up", "down", "plan"},
             choice("to", &request.to, "The version to stop at; of down 0 for all.", "VERSION")),
        one_of({"expand", "contract"},
               only({"up", "plan", "pending"},
                    choice("phase", &request.phase, "Only those of that phase; contract: what says so."))),
        word({"new", "seed"}, choice("name", &request.name, "Of the migration; of the seed.", "NAME")),
        word({"baseline"}, choice("at", &request.version, "The version that the database is at.", "VERSION")),
        one_of({"auto", "yes", "no"},
               only({"up", "down"}, choice("backup-first", &request.backup_first,
                                           "Whether a backup is made before; default: migrate.backup_first."))),
        only({"up", "down", "redo", "seed"},
             choice("confirm-destructive", &request.confirm_destructive,
                    "What may destroy in production, or without an environment.", "VERSION,...")),
        typed("repair", choice("mark-applied", &request.mark_applied, "All of it is there.", "VERSION")),
        typed("repair", choice("mark-pending", &request.mark_pending, "Nothing of it is there.", "VERSION")),
        typed("repair", choice("mark-ran", &request.mark_ran, "That statement ran.", "VERSION:N")),
        typed("repair", choice("mark-not-ran", &request.mark_not_ran, "It did not.", "VERSION:N")),
        typed("repair",
              choice("accept-checksum", &request.accept_checksum, "Its file is right as it is now.", "VERSION")),
        typed("repair", choice("drop-invalid-indexes", &request.drop_invalid_indexes,
                               "Drops those that a failed migration left behind.")),
        only({"rehearse"},
             choice("budget", &request.budget, "A no where more is needed: lock<2s,total<60s.", "BUDGET")),
        only({"rehearse"},
             choice("round-trip", &request.round_trip, "Up, down and up again; the schema has to match.")),
        typed("unlock", choice("terminate", &request.terminate, "The holder whose session is ended.", "PID")),
        only({"plan", "pending", "status", "history"},
             choice("ask-tool", &request.ask_tool,
                    "Starts the project's own migration tool where its files don't tell; in a change of your own.")),
        only(database, choice("dir", &request.dir, "Where the migrations are; default: migrate.dir.", "FOLDER")),
        only(database, choice("table", &request.table, "Of what is applied; default: migrate.table.", "NAME")),
        only({"up", "down", "redo", "baseline", "repair", "seed"},
             choice("wait-lock", &request.wait_lock, "How long to wait for another one that migrates.", "DURATION")),
        only({"up", "down", "redo"},
             choice("statement-timeout", &request.statement_timeout,
                    "How long a statement may take; default: migrate.statement_timeout.", "DURATION")),
    };
}

cli::Spec spec(migrate::Asked& flags) {
    cli::Spec spec;
    spec.tool = "migrate";
    spec.summary = "Changes databases by migrations in SQL, and judges those before they run.";
    spec.details =
        "`lint` reads each file as psql does and each statement by PostgreSQL's own parser, without a database. A "
        "finding says who would wait for what, and what to write instead. `plan --file F` tells of each statement the "
        "strongest lock that it takes.\n\n`up` applies what is pending under one lock, each migration with its record "
        "in "
        "one transaction: all of it is there or nothing. The database's URL comes from `DATABASE_URL` or the variable "
        "that `migrate.url_env` names, never from a flag.";
    for (const auto& row : migrate::commands()) {
        const std::string name(row.name);
        spec.commands.push_back(
            {name, std::string(row.help), true, row.acts, row.irreversible, row.lasting, row.only_tells});
        if (row.run == nullptr) continue;
        spec.needs.push_back({.what = cli::Need::network, .command = name});
        spec.needs.push_back({.what = cli::Need::programs, .command = name});
        if (row.runs_project) spec.needs.push_back({.what = cli::Need::project_programs, .command = name});
        if (row.changes_database) spec.needs.push_back({.what = cli::Need::database_changes, .command = name});
    }
    spec.needs.push_back({.what = cli::Need::project_programs, .input = "ask-tool"});
    spec.command = &flags.command;
    spec.inputs = inputs(flags);
    spec.outputs = {{"findings", "Number of findings that are a no."},
                    {"version", "The highest version that is applied."},
                    {"applied", "How many were applied by this run."},
                    {"pending", "How many are not applied."}};
    spec.section = migrate::settings_rows().fields();
    spec.milder = migrate::milder();
    spec.rules = migrate::lint::report_rules();
    spec.rules_page = migrate::lint::render_rules;
    spec.examples = {"fairlead-migrate lint", "fairlead-migrate up --env staging",
                     "fairlead-migrate rehearse --env staging --budget 'lock<2s,total<60s'",
                     "fairlead-migrate down 1 --env staging",
                     "fairlead-migrate plan --file migrations/20260101120000_users.up.sql --format json"};
    spec.action_examples = {{.with = {}},
                            {.title = "For a server of version 16, with the findings as a file for code scanning:",
                             .with = {{"postgres", "16"}, {"output", "reports/migrate.sarif"}}},
                            {.title = "Files that another tool runs, each in one transaction:",
                             .with = {{"files", "db/migrate"}, {"transaction", "file"}}}};
    spec.check = [&flags](const cli::Context& c) {
        return migrate::check(flags, c.config, c.section, c.change.foreign);
    };
    return spec;
}

// How much is taken back a variable that is left over doesn't say.
Result<void> check_down(const cli::Context& context) {
    for (const std::string name : {"to", "count"})
        if (const auto& origin = context.origins.at(name); origin.starts_with("FAIRLEAD_"))
            return usage("how much down takes back has to be said on the command line, not by " + origin +
                         "; write down 1, or down --to VERSION");
    return {};
}

Result<report::Report> run(migrate::Asked& flags, const cli::Context& context) {
    if (flags.command == "down") TRY_VOID(check_down(context));
    flags.request.dry_run = context.dry_run;
    flags.request.confirm = [&context](std::string_view act) { return cli::confirm(context, act); };
    const migrate::Place place{context.config,
                               context.section,
                               context.variables,
                               context.environment,
                               context.config.profile(context.environment),
                               context.change.foreign};
    return migrate::run(flags, place);
}

}

int main(int argc, char** argv) {
    migrate::Asked flags;
    return cli::run(spec(flags), argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
