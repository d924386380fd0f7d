#include "migrate/settings.h"
#include "config/rule_levels.h"
#include "migrate/lint/rule.h"

namespace fairlead::migrate {

namespace {

std::span<const Field> rule_fields() {
    static const auto fields = config::level_fields(lint::all_rules());
    return fields;
}

}

const config::Rows<Settings>& settings_rows() {
    static const config::Rows<Settings> rows = {
        {"dir", &Settings::dir, "Where the migrations are."},
        {"engine", &Settings::engine, "Whose SQL they are.", {.allowed = {"postgres", "sqlite", "mysql"}}},
        {"postgres", {&Settings::postgres, Type::positive}, "Major version of the oldest server that they run on."},
        {"rules", {Type::map, config::read_levels<Settings>, rule_fields()}, "A rule's level, whatever its own is."},
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
