#pragma once
#include "base/result.h"
#include "migrate/files/folder.h"
#include "migrate/records/table.h"
#include <optional>
#include <string>
#include <vector>

// Keeps golang-migrate's table, schema_migrations(version, dirty), up to date, so that a team can return to that tool.
namespace fairlead::migrate::records {

struct Golang {
    bool exists = false;
    std::optional<std::string> version; // nothing: there is no row, so no migration is applied
    bool dirty = false;
};

Result<Golang> read_golang(sys::Session& session, const Table& table);

// Both functions return SQL without the last semicolon. It creates the table, or sets its row to `version` (nothing: no
// version is applied).
std::string make_golang(const Table& table);
std::string put_golang(const Table& table, const std::optional<std::string>& version, bool dirty);

// golang-migrate may have run since our last run, and its state has priority. Returns the records to write so that ours
// agree with its table, also for a version without a file.
std::vector<Record> by_golang(const Golang& golang, const std::vector<files::Migration>& files,
                              const std::vector<Record>& records);

}
