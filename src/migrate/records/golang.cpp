#include "migrate/records/golang.h"
#include "base/text.h"
#include "base/version.h"
#include <fmt/format.h>

namespace fairlead::migrate::records {

namespace {

constexpr std::string_view name = "schema_migrations";

}

Result<Golang> read_golang(sys::Session& session, const Table& table) {
    Golang golang;
    const auto full = table.beside(name);
    const auto there = table.engine() == server::Engine::sqlite
                           ? "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name = 'schema_migrations'"
                           : fmt::format("SELECT pg_catalog.to_regclass({})", literal(table.engine(), full));
    auto answer = TRY(session.run(there));
    if (!answer.refusal && !answer.rows.empty() && answer.rows[0][0]) {
        golang.exists = true;
        answer = TRY(session.run(fmt::format("SELECT version, CASE WHEN dirty THEN 1 ELSE 0 END FROM {}", full)));
        if (!answer.refusal && !answer.rows.empty()) {
            golang.version = answer.rows[0][0].value_or("");
            golang.dirty = answer.rows[0][1] == "1";
        }
    }
    if (answer.refusal)
        return could_not(fmt::format("golang-migrate's table {} can't be read: {}", full, answer.refusal->message));
    return golang;
}

std::string make_golang(const Table& table) {
    const bool is_sqlite = table.engine() == server::Engine::sqlite;
    return fmt::format("CREATE TABLE IF NOT EXISTS {} (version {}, dirty {})", table.beside(name),
                       is_sqlite ? "uint64" : "bigint NOT NULL PRIMARY KEY", is_sqlite ? "bool" : "boolean NOT NULL");
}

std::string put_golang(const Table& table, const std::optional<std::string>& version, bool dirty) {
    const auto full = table.beside(name);
    if (!version) return fmt::format("DELETE FROM {}", full);
    const std::string flag =
        table.engine() == server::Engine::sqlite ? (dirty ? "1" : "0") : (dirty ? "true" : "false");
    return fmt::format("DELETE FROM {0}; INSERT INTO {0} (version, dirty) VALUES ({1}, {2})", full, *version, flag);
}

std::vector<Record> by_golang(const Golang& golang, const std::vector<files::Migration>& files,
                              const std::vector<Record>& records) {
    std::vector<Record> changed;
    if (!golang.exists || golang.dirty) return changed;
    for (const auto& file : files) {
        const bool is_applied = golang.version && !files::is_before(*golang.version, file.version);
        const Record* known = find(records, file.version);
        if (known && known->is_open()) continue;
        if (is_applied == (known && known->is_done())) continue;
        if (!is_applied && !known) continue;
        Record one = known ? *known : Record{};
        one.version = file.version;
        one.name = file.name;
        one.checksum = file.up.checksum;
        one.state = is_applied ? State::baseline : State::reverted;
        one.applied_by = "golang-migrate";
        one.tool_version = version();
        changed.push_back(std::move(one));
    }
    const auto has_file = [&](const std::string& one) { return files::find(files, one) != nullptr; };
    for (const auto& record : records) { // of files that are gone
        const bool is_applied = golang.version && !files::is_before(*golang.version, record.version);
        if (record.kind != "sql" || !record.is_done() || is_applied || has_file(record.version)) continue;
        changed.push_back(record);
        changed.back().state = State::reverted;
    }
    const Record* known = golang.version ? find(records, *golang.version) : nullptr;
    if (!golang.version || has_file(*golang.version) || (known && (known->is_done() || known->is_open())))
        return changed;
    Record newest = known ? *known : Record{};
    newest.version = *golang.version;
    newest.state = State::baseline;
    newest.applied_by = "golang-migrate";
    newest.tool_version = version();
    changed.push_back(std::move(newest));
    return changed;
}

}
