#include "cli/declare.h"
#include "cli/run.h"
#include "migrate/lint/run.h"
#include "migrate/settings.h"

using namespace fairlead;
namespace lint = migrate::lint;

namespace {

struct Flags {
    std::string command;
    lint::Request request;
};

cli::Input one_of(std::vector<std::string> allowed, cli::Input input) {
    input.allowed = std::move(allowed);
    input.placeholder.clear();
    return input;
}

std::vector<cli::Input> inputs(Flags& flags) {
    auto& request = flags.request;
    using cli::choice, cli::only;
    cli::Input files =
        only({"lint"}, choice("files", &request.files, "Files and folders to judge; default: migrate.dir.", "FILE"));
    files.positional = true;
    return {
        files,
        only({"plan"}, choice("file", &request.plan, "The migration whose statements are told.", "FILE")),
        only({"lint"}, choice("only", &request.only, "Rules to ask; also those that are off.", "RULE,...")),
        only({"lint"}, choice("skip", &request.skip, "Rules to leave out.", "RULE,...")),
        only({"lint", "plan"}, choice("postgres", &request.postgres,
                                      "The server's major version; default: migrate.postgres, else 15.", "MAJOR")),
        one_of({"postgres", "sqlite", "mysql"},
               only({"lint", "plan"}, choice("engine", &request.engine, "Whose SQL it is; default: migrate.engine."))),
        one_of({"auto", "file", "none"},
               only({"lint"}, choice("transaction", &request.transaction,
                                     "How a file is run: by its own mark, in one transaction, or one by one."))),
    };
}

cli::Spec spec(Flags& flags) {
    return {
        .tool = "migrate",
        .summary = "Judges database migrations before they run: locks, rewrites, what can't be taken back.",
        .details = "Reads each file as psql does and each statement by PostgreSQL's own parser, without a database. A "
                   "finding says who would wait for what, and what to write instead.\n\n`plan --file F` tells of each "
                   "statement the strongest lock that it takes, and whether it may stand in a transaction.",
        .commands = {{.name = "lint", .help = "Judges migrations, or the files that are named."},
                     {.name = "plan", .help = "Tells the statements of a file with their locks.", .only_tells = true}},
        .command = &flags.command,
        .inputs = inputs(flags),
        .outputs = {{"findings", "Number of findings that are a no."}},
        .section = migrate::settings_rows().fields(),
        .milder = migrate::milder(),
        .rules = lint::report_rules(),
        .rules_page = lint::render_rules,
        .examples = {"fairlead-migrate lint",
                     "fairlead-migrate lint migrations/20260101120000_users.up.sql --postgres 16",
                     "fairlead-migrate plan --file migrations/20260101120000_users.up.sql --format json"},
        .action_examples = {{.with = {}},
                            {.title = "For a server of version 16, with the findings as a file for code scanning:",
                             .with = {{"postgres", "16"}, {"output", "reports/migrate.sarif"}}},
                            {.title = "Files that another tool runs, each in one transaction:",
                             .with = {{"files", "db/migrate"}, {"transaction", "file"}}}},
        .check = [&flags](const cli::Context& context) { return lint::check(flags.request, context.section); },
    };
}

Result<report::Report> run(const Flags& flags, const cli::Context& context) {
    lint::Request request = flags.request;
    request.environment = context.environment;
    return flags.command == "plan" ? lint::plan(request, context.config, context.section)
                                   : lint::lint(request, context.config, context.section, context.change.foreign);
}

}

int main(int argc, char** argv) {
    Flags flags;
    return cli::run(spec(flags), argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
