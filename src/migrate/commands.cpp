#include "migrate/commands.h"
#include "migrate/drivers/commands.h"
#include "migrate/rehearsal/commands.h"
#include "migrate/steps/commands.h"
#include "migrate/steps/select.h"
#include <algorithm>

namespace fairlead::migrate {

namespace {

const Command all[] = {
    {.name = "lint", .help = "Judges migrations, or the files that are named.", .run = nullptr},
    {.name = "plan", .help = "Shows what up would do, or the statements of --file.", .run = plan, .only_tells = true},
    {.name = "status",
     .help = "Shows what is applied, pending, changed or missing.",
     .run = status,
     .only_tells = true},
    {.name = "pending", .help = "Lists the pending migrations, with their locks.", .run = pending, .only_tells = true},
    {.name = "history", .help = "Lists the applied migrations: when, and by whom.", .run = history, .only_tells = true},
    {.name = "up",
     .help = "Applies the pending migrations, or the next N.",
     .run = up,
     .acts = true,
     .irreversible = true,
     .runs_project = true,
     .changes_database = true},
    {.name = "down",
     .help = "Takes the last N migrations back.",
     .run = down,
     .acts = true,
     .irreversible = true,
     .runs_project = true,
     .changes_database = true},
    {.name = "redo",
     .help = "Takes the last migration back and applies it again.",
     .run = redo,
     .acts = true,
     .lasting = true,
     .runs_project = true,
     .changes_database = true},
    {.name = "new",
     .help = "Writes the two files of a new migration.",
     .run = begin_new,
     .acts = true,
     .only_tells = true,
     .runs_project = true},
    {.name = "verify",
     .help = "Compares files and schema with what was applied, and runs the queries of migrate.verify.",
     .run = verify,
     .runs_project = true},
    {.name = "baseline",
     .help = "Records all migrations up to a version as applied, without running them.",
     .run = baseline,
     .acts = true,
     .irreversible = true,
     .runs_project = true,
     .changes_database = true},
    {.name = "repair",
     .help = "Says how to go on with a migration that is half there; changes something only with a flag.",
     .run = repair,
     .acts = true,
     .irreversible = true,
     .changes_database = true},
    {.name = "seed",
     .help = "Loads the data of a seed of migrate.seeds, once.",
     .run = seed,
     .acts = true,
     .irreversible = true,
     .changes_database = true},
    {.name = "rehearse",
     .help = "Runs the pending migrations in a copy of the database, and measures them.",
     .run = rehearse,
     .only_tells = true,
     .runs_project = true,
     .changes_database = true},
    {.name = "gc",
     .help = "Drops clones of rehearsals that are older than a day.",
     .run = collect_rehearsals,
     .acts = true,
     .only_tells = true,
     .changes_database = true},
    {.name = "ping",
     .help = "Shows which server answers, how fast, and which rights we have there.",
     .run = ping,
     .only_tells = true},
    {.name = "unlock",
     .help = "Shows which session holds the lock, and can end it.",
     .run = unlock,
     .acts = true,
     .irreversible = true,
     .only_tells = true,
     .changes_database = true},
    {.name = "create",
     .help = "Makes the database and the roles of migrate.roles, if they are missing.",
     .run = create,
     .acts = true,
     .changes_database = true},
    {.name = "reset",
     .help = "Drops the database and makes it again; in development only.",
     .run = reset,
     .acts = true,
     .irreversible = true,
     .changes_database = true},
};

}

std::span<const Command> commands() { return all; }

std::vector<std::string> commands_of_database() {
    std::vector<std::string> names;
    for (const Command& one : all)
        if (one.run != nullptr) names.emplace_back(one.name);
    return names;
}

Result<void> check(const Asked& asked, const config::Config& config, const config::Value& section, bool is_foreign) {
    TRY_VOID(check_settings(config, section));
    const auto choice = TRY(drivers::choose(config, section, is_foreign));
    if (choice.driver == nullptr) TRY_VOID(check(asked.request));
    if (asked.request.ask_tool && !asked.lint.plan.empty())
        return usage("--ask-tool: plan --file reads only that file and starts no tool; leave one of them out");
    if (asked.request.ask_tool) TRY_VOID(drivers::check_ask_tool(choice, section));
    return lint::check(asked.lint, section);
}

Result<report::Report> run(Asked asked, const Place& place) {
    auto& [command, judged, request] = asked;
    TRY_VOID(check(asked, place.config, place.section, place.is_foreign));
    judged.environment = place.environment;
    if (command == "plan" && !judged.plan.empty()) return lint::plan(judged, place.config, place.section);
    if (judged.files.empty()) TRY_VOID(drivers::check_kept(command, place.config, place.section, place.is_foreign));
    if (command == "lint") return lint::lint(judged, place.config, place.section, place.is_foreign);
    request.skip = judged.skip;
    const auto choice = TRY(drivers::choose(place.config, place.section, place.is_foreign));
    if (choice.driver != nullptr && drivers::is_asked(command)) return drivers::run(command, choice, place, request);
    const auto row =
        std::find_if(std::begin(all), std::end(all), [&](const Command& one) { return one.name == asked.command; });
    return row->run(place, request);
}

}
