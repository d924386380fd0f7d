#pragma once
#include "base/result.h"
#include "migrate/files/folder.h"
#include "migrate/records/table.h"
#include <optional>
#include <string>
#include <vector>

// golang-migrate's table, schema_migrations(version, dirty), kept in step, so that a team may go back to it.
namespace fairlead::migrate::records {

struct Golang {
    bool exists = false;
    std::optional<std::string> version; // nothing: no row, so nothing is applied
    bool dirty = false;
};

Result<Golang> read_golang(sys::Session& session, const Table& table);

// Statements without a last semicolon: it stands at `version` (nothing: at none).
std::string make_golang(const Table& table);
std::string put_golang(const Table& table, const std::optional<std::string>& version, bool dirty);

// What golang-migrate did since is the truth: records that have to be written so that ours say the same, also of a
// version that no file has.
std::vector<Record> by_golang(const Golang& golang, const std::vector<files::Migration>& files,
                              const std::vector<Record>& records);

}
