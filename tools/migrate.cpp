#include "inputs/migrate.h"
#include "cli/confirm.h"
#include "cli/run.h"
#include "migrate/commands.h"
#include "migrate/lint/lint.h"
#include "migrate/settings.h"

using namespace fairlead;

namespace {

cli::Spec spec(migrate::Asked& flags) {
    cli::Spec spec;
    spec.tool = "migrate";
    spec.summary = "Changes databases by migrations in SQL, and checks the migrations before they run.";
    spec.details =
        "`lint` reads each file as psql does and each statement by PostgreSQL's own parser, without a database. A "
        "finding says who would wait for what, and what to write instead. `plan --file F` shows the strongest lock "
        "that each statement takes.\n\n`up` applies the pending migrations under one lock. Each migration and its "
        "record are one transaction: it is applied as a whole or not at all. The database's URL comes from "
        "`DATABASE_URL` or the variable that `migrate.url_env` names, never from a flag.";
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
    spec.inputs = migrate::inputs(flags);
    spec.judges = {"lint"};
    spec.outputs = {{"findings", "Number of findings of level error."},
                    {"version", "The highest version that is applied."},
                    {"applied", "How many migrations this run applied."},
                    {"pending", "How many migrations are not applied."}};
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
            return usage("down takes its number or version from the command line only, not from " + origin +
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
