#include "migrate/drivers/database.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

namespace {

std::string quoted(const std::string& name, server::Engine engine) {
    if (engine == server::Engine::sqlite) return "main." + server::quoted_name(name);
    auto parts = split(name, '.');
    for (auto& part : parts) part = server::quoted_name(part);
    return join(parts, ".");
}

Result<bool> is_there(server::Connection& connection, const std::string& table) {
    const bool is_sqlite = connection.identity.engine == server::Engine::sqlite;
    const auto* const question =
        is_sqlite ? "SELECT count(*) FROM main.sqlite_master WHERE name = $1" : "SELECT count(to_regclass($1))";
    const auto named = is_sqlite ? table : quoted(table, connection.identity.engine);
    const auto answer = TRY(connection.session->ask(question, {named}));
    if (answer.refusal) return could_not(fmt::format("{}: {}", table, answer.refusal->message));
    return !answer.rows.empty() && answer.rows[0][0].value_or("0") != "0";
}

}

Result<Records> read_records(server::Connection& connection, const Driver& driver, const std::string& name) {
    Records records;
    records.is_there = TRY(is_there(connection, name));
    if (!records.is_there) return records;
    const auto engine = connection.identity.engine;
    const auto answer = TRY(connection.session->run(driver.records(engine, quoted(name, engine))));
    if (answer.refusal) return could_not(fmt::format("{}: can't be read: {}", name, answer.refusal->message));
    for (const auto& row : answer.rows)
        records.rows.push_back({row[0].value_or(""),
                                row[1].value_or("") == "failed" ? Migration::State::failed : Migration::State::applied,
                                row[2].value_or(""), row[3].value_or(""), row.size() > 4 ? row[4].value_or("") : ""});
    return records;
}

}
