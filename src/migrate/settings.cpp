#include "migrate/settings.h"
#include "base/text.h"
#include "config/rule_levels.h"
#include "migrate/lint/rule.h"
#include "read/query.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

std::span<const Field> rule_fields() {
    static const auto fields = config::level_fields(lint::all_rules());
    return fields;
}

Result<void> check_dir(const config::Value& value, const std::string& name) {
    if (!value.text().empty()) return {};
    return value.error(name + " is empty; write the folder of the migrations: db/migrate");
}

Result<void> check_postgres(const config::Value& value, const std::string& name) {
    constexpr std::int64_t oldest = 10, newest = 30;
    const auto version = value.integer(oldest);
    if (version >= oldest && version <= newest) return {};
    return value.error(fmt::format("{}: {} is not a major version of PostgreSQL; write 16", name, version));
}

Result<void> check_schema(const config::Value& value, const std::string& name) {
    for (const auto& one : split(value.text(), ','))
        if (const auto schema = lower(trim(std::string_view(one))); schema.starts_with("pg_"))
            return value.error(fmt::format("{}: {} is the server's own schema, and objects in it are lost with the "
                                           "session or with an upgrade; name another schema",
                                           name, schema));
    return {};
}

Result<void> check_query(const config::Value& value, const std::string& name) {
    const auto asks = read::check_question(value.text());
    return asks.ok() ? Result<void>() : value.error(name + ": " + asks.error().message);
}

const config::Rows<Query> query_rows = {
    {"sql", &Query::sql, "One statement.", {.check = check_query, .needed = Needed::required}},
    {"expect", &Query::expect, "rows, empty, or the first value of the first row."},
};

const config::Rows<Seed> seed_rows = {
    {"file", &Seed::file, "The file with its SQL."},
    {"environments", &Seed::environments,
     "Environments where it may run; default: those whose profile is development."},
};

const config::Rows<Rehearsal> rehearsal_rows = {
    {"on", &Rehearsal::on, "Allows rehearse in production, too.", {.allowed = {"production"}}},
    {"limit", {&Rehearsal::limit, Type::size}, "The largest database that is copied with its rows."},
};

const config::Rows<Role> role_rows = {
    {"password_env", &Role::password_env, "The variable that holds its password."},
    {"rights", &Role::rights, "Whether it may read or write the tables' rows.", {.allowed = {"read", "write"}}},
};

}

const config::Rows<Settings>& settings_rows() {
    static const config::Rows<Settings> rows = {
        {"dir", &Settings::dir, "Where the migrations are.", {.check = check_dir}},
        {"engine", &Settings::engine, "The engine of their SQL.", {.allowed = {"postgres", "sqlite", "mysql"}}},
        {"postgres",
         {&Settings::postgres, Type::positive},
         "Major version of the oldest server that they run on.",
         {.check = check_postgres}},
        {"rules",
         {Type::map, config::read_levels<Settings>, rule_fields()},
         "A rule's level, instead of its default level."},
        {"lock_timeout", &Settings::lock_timeout, "How long a migration waits for a lock."},
        {"statement_timeout", &Settings::statement_timeout, "How long one statement of a migration may take."},
        {"driver",
         &Settings::driver,
         "The tool that keeps the migrations; default: the tool that is found in the project.",
         {.allowed = {"sql", "alembic", "django", "flyway", "golang-migrate", "prisma", "rails"}}},
        {"via", &Settings::via, "compose:SERVICE: the other tool is started in a container of that service."},
        {"command", &Settings::command, "The words that start the other tool: [uv, run, alembic]."},
        {"version_table", &Settings::version_table, "The other tool's own table, if it has an unusual name."},
        {"url_env", &Settings::url_env, "The variable that holds the database's URL; else DATABASE_URL."},
        {"direct_url_env", &Settings::direct_url_env,
         "The variable that holds the URL of the server itself, if url_env leads to a transaction pooler."},
        {"table", &Settings::table, "The table that records what is applied; may name a schema."},
        {"schema", &Settings::schema, "search_path of migrations; default: the role's own.", {.check = check_schema}},
        {"layout", &Settings::layout, "How files are named.", {.allowed = {"plain", "flyway"}}},
        {"compat", &Settings::compat, "The tool whose table is kept in step, too.", {.allowed = {"golang-migrate"}}},
        {"allow_out_of_order", &Settings::allow_out_of_order,
         "Applies a migration that comes before an applied migration."},
        {"backup_first",
         &Settings::backup_first,
         "Whether a backup is made first; auto: in production.",
         {.allowed = {"auto", "yes", "no"}}},
        {"on_failure",
         &Settings::on_failure,
         "What up does if a query of verify fails afterwards.",
         {.allowed = {"stop", "rollback"}}},
        {"verify",
         {&Settings::verify, query_rows},
         "Queries that have to give these answers after all migrations are applied."},
        {"seeds", {&Settings::seeds, &Seed::name, seed_rows}, "Data that seed NAME loads, by name."},
        {"roles", {&Settings::roles, &Role::name, role_rows}, "The application's roles that `create` makes, by name."},
        {"rehearse", {&Settings::rehearse, rehearsal_rows}, "How `rehearse` copies the database."},
    };
    return rows;
}

Result<void> check_settings(const config::Config& config, const config::Value& section) {
    const auto known = config.environments();
    if (known.empty()) return {};
    for (const auto& [name, seed] : section["seeds"].entries())
        for (const auto& value : seed["environments"].items()) {
            if (std::find(known.begin(), known.end(), value.text()) != known.end()) continue;
            const auto near = nearest(value.text(), known);
            return value.error(
                fmt::format("migrate.seeds.{}.environments: environment '{}' is unknown; {}", name, value.text(),
                            near.empty() ? "expected " + one_of(known) : fmt::format("did you mean '{}'?", near)));
        }
    return {};
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
