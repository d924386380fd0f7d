#include "migrate/settings.h"
#include "migrate/lint/rule.h"

namespace fairlead::migrate {

namespace {

// A key for each rule, so that editors know them.
std::span<const Field> rule_fields() {
    static const std::vector<Field> fields = [] {
        std::vector<Field> all;
        for (const lint::Rule& rule : lint::all_rules())
            all.push_back({rule.id, Type::text, rule.title, {"off", "info", "warning", "error"}});
        return all;
    }();
    return fields;
}

Result<void> read_levels(const config::Value& map, Settings& into) {
    for (const auto& [id, level] : map.entries()) into.rules[id] = level.text();
    return {};
}

}

const config::Rows<Settings>& settings_rows() {
    static const config::Rows<Settings> rows = {
        {"dir", &Settings::dir, "Where the migrations are."},
        {"engine", &Settings::engine, "Whose SQL they are.", {.allowed = {"postgres", "sqlite", "mysql"}}},
        {"postgres", {&Settings::postgres, Type::positive}, "Major version of the oldest server that they run on."},
        {"rules", {Type::map, read_levels, rule_fields()}, "A rule's level, whatever its own is."},
        {"lock_timeout", &Settings::lock_timeout, "How long a migration waits for a lock."},
        {"statement_timeout", &Settings::statement_timeout, "How long one statement of a migration may take."},
        {"url_env", &Settings::url_env, "The variable that holds the database's URL; else DATABASE_URL."},
        {"direct_url_env", &Settings::direct_url_env, "The one that holds its URL past a transaction pooler."},
    };
    return rows;
}

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {
        {"rules.*", When::changed},  {"dir", When::changed},          {"engine", When::changed},
        {"postgres", When::changed}, {"lock_timeout", When::changed}, {"statement_timeout", When::changed},
    };
    return rows;
}

}
