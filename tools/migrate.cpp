#include "cli/confirm.h"
#include "cli/declare.h"
#include "cli/run.h"
#include "migrate/drivers/commands.h"
#include "migrate/lint/run.h"
#include "migrate/rehearsal/commands.h"
#include "migrate/settings.h"
#include "migrate/steps/commands.h"
#include "migrate/steps/select.h"
#include <algorithm>
#include <fmt/format.h>

using namespace fairlead;
namespace lint = migrate::lint;

namespace {

struct Flags {
    std::string command;
    lint::Request lint;
    migrate::Request request;
};

// Those of the own driver, which ask a database (but for new).
struct Row {
    cli::Command command;
    Result<report::Report> (*run)(const migrate::Place&, const migrate::Request&);
};
const std::vector<Row>& rows() {
    static const std::vector<Row> all = {
        {{.name = "status", .help = "Tells what is applied, pending, changed or missing.", .only_tells = true},
         migrate::status},
        {{.name = "pending", .help = "Lists what is not applied, with its locks.", .only_tells = true},
         migrate::pending},
        {{.name = "history", .help = "Lists what was applied, when and by whom.", .only_tells = true},
         migrate::history},
        {{.name = "up", .help = "Applies what is pending, or N of it.", .acts = true, .irreversible = true},
         migrate::up},
        {{.name = "down", .help = "Takes the last N back.", .acts = true, .irreversible = true}, migrate::down},
        {{.name = "redo", .help = "Takes the last one back and applies it again.", .acts = true, .lasting = true},
         migrate::redo},
        {{.name = "new", .help = "Writes the two files of a new migration.", .acts = true, .only_tells = true},
         migrate::begin_new},
        {{.name = "verify", .help = "Compares files and schema with what was applied, and asks migrate.verify."},
         migrate::verify},
        {{.name = "baseline", .help = "Lets all up to a version count as applied.", .acts = true, .irreversible = true},
         migrate::baseline},
        {{.name = "repair",
          .help = "Tells how to go on with what is half there; acts only by a flag.",
          .acts = true,
          .irreversible = true},
         migrate::repair},
        {{.name = "seed", .help = "Brings the data of migrate.seeds, once.", .acts = true, .irreversible = true},
         migrate::seed},
        {{.name = "rehearse", .help = "Runs what is pending in a clone, and measures it.", .only_tells = true},
         migrate::rehearse},
        {{.name = "gc",
          .help = "Drops clones of rehearsals that are older than a day.",
          .acts = true,
          .only_tells = true},
         migrate::collect_rehearsals},
        {{.name = "ping", .help = "Who answers, how fast, and what we may there.", .only_tells = true}, migrate::ping},
        {{.name = "unlock",
          .help = "Tells who migrates; ends that session.",
          .acts = true,
          .irreversible = true,
          .only_tells = true},
         migrate::unlock},
        {{.name = "create", .help = "Makes the database and migrate.roles, where absent.", .acts = true},
         migrate::create},
        {{.name = "reset",
          .help = "Drops the database and makes it anew; in development only.",
          .acts = true,
          .irreversible = true},
         migrate::reset},
    };
    return all;
}

cli::Input one_of(std::vector<std::string> allowed, cli::Input input) {
    input.allowed = std::move(allowed);
    input.placeholder.clear();
    return input;
}

cli::Input word(cli::Input input) {
    input.positional = true;
    return input;
}

cli::Input typed(cli::Input input) {
    input.typed = true;
    input.action = false;
    return input;
}

std::vector<cli::Input> inputs(Flags& flags) {
    auto& asked = flags.lint;
    auto& request = flags.request;
    using cli::choice, cli::only;
    std::vector<std::string> database = {"plan"};
    for (const Row& row : rows()) database.push_back(row.command.name);
    return {
        word(
            only({"lint"}, choice("files", &asked.files, "Files and folders to judge; default: migrate.dir.", "FILE"))),
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
        word(only({"up", "down"}, choice("count", &request.count, "How many; of up default all, of down none.", "N"))),
        only({"up", "down", "plan"},
             choice("to", &request.to, "The version to stop at; of down 0 for all.", "VERSION")),
        one_of({"expand", "contract"},
               only({"up", "plan", "pending"},
                    choice("phase", &request.phase, "Only those of that phase; contract: what says so."))),
        word(only({"new", "seed"}, choice("name", &request.name, "Of the migration; of the seed.", "NAME"))),
        word(only({"baseline"}, choice("at", &request.version, "The version that the database is at.", "VERSION"))),
        one_of({"auto", "yes", "no"},
               only({"up", "down"}, choice("backup-first", &request.backup_first,
                                           "Whether a backup is made before; default: migrate.backup_first."))),
        only({"up", "down", "redo", "seed"},
             choice("confirm-destructive", &request.confirm_destructive,
                    "What may destroy in production, or without an environment.", "VERSION,...")),
        only({"repair"}, typed(choice("mark-applied", &request.mark_applied, "All of it is there.", "VERSION"))),
        only({"repair"}, typed(choice("mark-pending", &request.mark_pending, "Nothing of it is there.", "VERSION"))),
        only({"repair"}, typed(choice("mark-ran", &request.mark_ran, "That statement ran.", "VERSION:N"))),
        only({"repair"}, typed(choice("mark-not-ran", &request.mark_not_ran, "It did not.", "VERSION:N"))),
        only({"repair"},
             typed(choice("accept-checksum", &request.accept_checksum, "Its file is right as it is now.", "VERSION"))),
        only({"repair"}, typed(choice("drop-invalid-indexes", &request.drop_invalid_indexes,
                                      "Drops those that a failed migration left behind."))),
        only({"rehearse"},
             choice("budget", &request.budget, "A no where more is needed: lock<2s,total<60s.", "BUDGET")),
        only({"rehearse"},
             choice("round-trip", &request.round_trip, "Up, down and up again; the schema has to match.")),
        only({"unlock"}, typed(choice("terminate", &request.terminate, "The holder whose session is ended.", "PID"))),
        only(database, choice("dir", &request.dir, "Where the migrations are; default: migrate.dir.", "FOLDER")),
        only(database, choice("table", &request.table, "Of what is applied; default: migrate.table.", "NAME")),
        only({"up", "down", "redo", "baseline", "repair", "seed"},
             choice("wait-lock", &request.wait_lock, "How long to wait for another one that migrates.", "DURATION")),
        only({"up", "down", "redo"},
             choice("statement-timeout", &request.statement_timeout,
                    "How long a statement may take; default: migrate.statement_timeout.", "DURATION")),
    };
}

cli::Spec spec(Flags& flags) {
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
    spec.commands = {
        {.name = "lint", .help = "Judges migrations, or the files that are named."},
        {.name = "plan", .help = "Tells what up would do, or the statements of --file.", .only_tells = true}};
    spec.needs = {{cli::Need::network, "", "", "plan"}, {cli::Need::programs, "", "", "plan"}};
    for (const Row& row : rows()) {
        spec.commands.push_back(row.command);
        for (const auto need : {cli::Need::network, cli::Need::programs})
            spec.needs.push_back({need, "", "", row.command.name});
    }
    spec.command = &flags.command;
    spec.inputs = inputs(flags);
    spec.outputs = {{"findings", "Number of findings that are a no."},
                    {"version", "The highest version that is applied."},
                    {"applied", "How many were applied by this run."},
                    {"pending", "How many are not applied."}};
    spec.section = migrate::settings_rows().fields();
    spec.milder = migrate::milder();
    spec.rules = lint::report_rules();
    spec.rules_page = lint::render_rules;
    spec.examples = {"fairlead-migrate lint", "fairlead-migrate up --env staging",
                     "fairlead-migrate rehearse --env staging --budget 'lock<2s,total<60s'",
                     "fairlead-migrate down 1 --env staging",
                     "fairlead-migrate plan --file migrations/20260101120000_users.up.sql --format json"};
    spec.action_examples = {{.with = {}},
                            {.title = "For a server of version 16, with the findings as a file for code scanning:",
                             .with = {{"postgres", "16"}, {"output", "reports/migrate.sarif"}}},
                            {.title = "Files that another tool runs, each in one transaction:",
                             .with = {{"files", "db/migrate"}, {"transaction", "file"}}}};
    spec.check = [&flags](const cli::Context& context) -> Result<void> {
        TRY_VOID(migrate::check_settings(context.config, context.section));
        const auto choice = TRY(migrate::drivers::choose(context.config, context.section));
        if (choice.driver == nullptr) TRY_VOID(migrate::check(flags.request));
        return lint::check(flags.lint, context.section);
    };
    return spec;
}

Result<report::Report> run(Flags& flags, const cli::Context& context) {
    TRY_VOID(migrate::check_settings(context.config, context.section));
    lint::Request asked = flags.lint;
    asked.environment = context.environment;
    if (flags.command == "plan" && !asked.plan.empty()) return lint::plan(asked, context.config, context.section);
    const auto row =
        std::find_if(rows().begin(), rows().end(), [&](const Row& one) { return one.command.name == flags.command; });
    if (row == rows().end() && flags.command != "plan")
        return lint::lint(asked, context.config, context.section, context.change.foreign);
    TRY_VOID(lint::check(asked, context.section));
    const auto choice = TRY(migrate::drivers::choose(context.config, context.section));
    if (choice.driver == nullptr) TRY_VOID(migrate::check(flags.request));
    auto& request = flags.request;
    if (flags.command == "down")
        for (const std::string name : {"to", "count"})
            if (const auto& origin = context.origins.at(name); origin.starts_with("FAIRLEAD_"))
                return usage(fmt::format("how much down takes back has to be said on the command line, not by {}; "
                                         "write down 1, or down --to VERSION",
                                         origin));
    request.skip = asked.skip;
    request.dry_run = context.dry_run;
    request.confirm = [&context](std::string_view act) { return cli::confirm(context, act); };
    const migrate::Place place{context.config, context.section, context.variables, context.environment,
                               context.config.profile(context.environment)};
    if (choice.driver != nullptr && migrate::drivers::is_asked(flags.command))
        return migrate::drivers::run(flags.command, choice, place, request);
    return flags.command == "plan" ? migrate::plan(place, request) : row->run(place, request);
}

}

int main(int argc, char** argv) {
    Flags flags;
    return cli::run(spec(flags), argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
