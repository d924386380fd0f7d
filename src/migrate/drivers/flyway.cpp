#include "base/text.h"
#include "migrate/drivers/flyway_files.h"
#include "migrate/drivers/rows.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

// Flyway 9 to 11, the open edition. By its files: flyway_files.h; where it is asked, `flyway info -outputType=json`.
namespace fairlead::migrate::drivers {

namespace {

using sys::text_of;

bool flyway_is_found(const Tree& tree) {
    return std::any_of(std::begin(flyway_files), std::end(flyway_files),
                       [&](const char* name) { return tree.has_file(name); });
}

std::string flyway_records(server::Engine engine, const std::string& table) {
    const std::string when = engine == server::Engine::sqlite
                                 ? "strftime('%Y-%m-%dT%H:%M:%SZ', installed_on)"
                                 : "to_char(installed_on, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    return "SELECT coalesce(version, script), CASE WHEN success THEN 'applied' ELSE 'failed' END, " + when +
           ", type || ' ' || coalesce(checksum, 0) FROM " + table + " WHERE type <> 'SCHEMA' ORDER BY installed_rank";
}

// https://documentation.red-gate.com/fd/migration-states
Migration::State state_of(std::string_view told) {
    for (const auto* word : {"Success", "Baseline", "Out of Order", "Superseded", "Outdated", "Above Baseline"})
        if (told == word) return Migration::State::applied;
    if (told.starts_with("Failed")) return Migration::State::failed;
    if (told == "Missing" || told == "Future" || told == "Deleted") return Migration::State::unknown;
    return Migration::State::pending;
}

Result<Standing> flyway_hear(const Seen& seen) {
    const auto begin = seen.out.find('{');
    if (begin == std::string::npos)
        return could_not(fmt::format("flyway info ended with status {}: {}", seen.status, trim(seen.err + seen.out)));
    const sys::Json told = TRY(sys::parse_json(std::string_view(seen.out).substr(begin), "flyway info"));
    if (const auto error = told.find("error"); error != told.end() && error->is_object())
        return could_not(fmt::format("flyway info: {}", trim(text_of(*error, "message"))));
    const auto list = told.find("migrations");
    if (list == told.end() || !list->is_array()) return could_not("flyway info lists no migrations");
    Standing standing;
    std::size_t marked = 0, common = 0;
    for (const sys::Json& one : *list) {
        const auto state = text_of(one, "state");
        if (state == "Ignored" || state == "Below Baseline" || state == "Ignored (Baseline)") continue;
        Migration found{.version = text_of(one, "version"),
                        .name = text_of(one, "description"),
                        .state = state_of(state),
                        .when = text_of(one, "installedOnUTC"),
                        .file = text_of(one, "filepath")};
        if (found.version.empty()) found.version = sys::Path(found.file).filename().string(); // repeatable
        if (found.state == Migration::State::applied) ++(seen.records.find(found.version) != nullptr ? common : marked);
        if (found.state == Migration::State::failed)
            standing.trouble = no(fmt::format("version {} failed halfway, because it did not run in one transaction; "
                                              "clean up what it left, then run: flyway repair",
                                              found.version));
        if (found.state == Migration::State::unknown) {
            found.wrong = fmt::format("version {} is applied, and no file has it; bring the file back, or run: flyway "
                                      "repair",
                                      found.version);
            standing.trouble = no(found.wrong);
        }
        standing.all.push_back(std::move(found));
    }
    static const Driver row = flyway();
    if (marked > 0 && common == 0)
        return another_database(
            row, seen, fmt::format("{} migrations are applied there, but no migration is applied here", marked));
    return standing;
}

Result<std::vector<Words>> flyway_up(const Standing& standing, const Goal& goal) {
    if (goal.count == 0 && goal.to.empty()) return std::vector<Words>{{"migrate"}};
    const auto steps = TRY(meant(standing.of(Migration::State::pending), standing, goal));
    if (steps.empty()) return std::vector<Words>();
    return std::vector<Words>{{"migrate", "-target=" + steps.back().version}};
}

Result<std::vector<Words>> flyway_down(const Standing&, const Goal&) {
    return usage("Flyway takes migrations back only in its paid editions (undo); write a migration that goes forward, "
                 "or use our own driver, which runs U…__….sql: migrate.driver: sql, migrate.layout: flyway");
}

// Without its table it begins at that version; with it those up to there count as applied.
Result<std::vector<Words>> flyway_adopt(const Standing&, const Records& records, const Migration& upto) {
    if (records.rows.empty()) return std::vector<Words>{{"baseline", "-baselineVersion=" + upto.version}};
    return std::vector<Words>{{"migrate", "-skipExecutingMigrations=true", "-target=" + upto.version}};
}

std::string flyway_explain(std::string_view said) {
    const auto has = [&](std::string_view words) { return said.find(words) != std::string_view::npos; };
    if (has("checksum mismatch"))
        return "an applied file was changed; restore it, or, if you know that the change has no effect, run: flyway "
               "repair";
    if (has("Found non-empty schema"))
        return "the database was not made by Flyway; run: fairlead-migrate baseline VERSION";
    if (has("not supported by OSS Edition") || has("Edition Required")) return "that needs a paid edition";
    if (has("contains a failed migration")) return "clean up what the failed migration left, then run: flyway repair";
    return {};
}

std::string flyway_dir_word(const Project& project) {
    return flyway_places(project).is_by_dir ? "-locations=filesystem:" + project.dir : "";
}

}

Driver flyway() {
    return {.name = "flyway",
            .title = "Flyway",
            .mark = "flyway.conf or flyway.toml",
            .is_found = flyway_is_found,
            .program = "flyway",
            .table = "flyway_schema_history",
            .records = flyway_records,
            .read = read_flyway,
            .look = {"info", "-outputType=json"},
            .hear = flyway_hear,
            .up = flyway_up,
            .down = flyway_down,
            .adopt = flyway_adopt,
            .lint = "name its folder: fairlead-migrate lint --transaction file {}; or say migrate.dir and "
                    "migrate.layout: flyway",
            .dir_word = flyway_dir_word,
            .verify = {"validate"},
            .explain = flyway_explain};
}

}
