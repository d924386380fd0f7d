#pragma once
#include "base/result.h"
#include "migrate/records/record.h"
#include "migrate/server/connect.h"
#include "sys/database/session.h"
#include <string>
#include <string_view>
#include <vector>

// The table of records: its place, its rows, and the statements that change it, which become part of the migration's
// own transaction.
namespace fairlead::migrate::records {

// Returns a value for use in a statement, correct under any settings of the session.
std::string literal(server::Engine engine, std::string_view text);

class Table {
  public:
    // `name` may contain a schema: "audit.fairlead_migrations". Without a schema, it is in the schema where a new table
    // would be created. Error (usage): there is no such schema. Error (could_not): a newer version of ours created the
    // table.
    static Result<Table> find(sys::Session& session, server::Engine engine, const std::string& name);

    bool exists() const { return exists_; }
    bool has_schema() const { return has_schema_; } // false: the schema in the name doesn't exist yet
    server::Engine engine() const { return engine_; }
    std::string shown() const { return schema_.empty() ? name_ : schema_ + "." + name_; }
    std::string beside(std::string_view name) const; // quoted name of another table in that schema

    Result<void> make(sys::Session& session); // creates the table and its schema; only under the lock
    Result<std::vector<Record>> read(sys::Session& session) const;

    // Return statements without the last semicolon. `known` is the row that this run read or wrote last; nullptr: there
    // was no row. If another run has changed the row since then, the primary key makes the statements fail
    // (is_changed).
    std::string put_applied(const Record& record, const Record* known) const;
    std::string put_started(const Record& record, const Record* known) const; // started now; progress from the record
    std::string put_as_is(const Record& record, const Record* known) const;   // the record unchanged, finished now
    std::string progressed(const Record& known, std::int64_t statements, std::string_view checksum) const;
    std::string ended(const Record& known, State state, std::string_view error) const;
    std::string erased(const Record& known) const;
    std::string fence(const Record& known) const;          // fails if the row was changed, and changes nothing itself
    std::string forgotten(std::string_view version) const; // deletes the row, whatever its content
    // Returns the start of the row that this transaction wrote, in the format of a record.
    Result<std::string> started_at(sys::Session& session, std::string_view version) const;
    // Whether the row differs from `known`.
    Result<bool> is_changed(sys::Session& session, std::string_view version, const Record* known) const;

  private:
    std::string is_as_known(const Record& known) const;    // the condition after WHERE
    std::string unless_changed(const Record* known) const; // the statement that deletes the old row if it is unchanged
    std::string refused_if(const std::string& condition) const;
    std::string text(std::string_view value) const { return literal(engine_, value); }
    std::string full() const;
    std::string now() const;
    std::string as_text(std::string_view time) const; // the SQL for a time column in the format of a record
    std::string put(const Record& record, const std::string& started, const std::string& finished,
                    const std::string& duration) const;

    server::Engine engine_ = server::Engine::postgres;
    std::string schema_, name_;
    bool exists_ = false, schema_is_named_ = false, has_schema_ = true, has_way_back_ = false;
};

// Error: a statement on the table was refused. If the table is missing, the message says what to do.
Error refused(const std::string& what, const sys::Refusal& refusal);

// Whether the record's kind is one of migrations, and not one of our own.
bool is_migration(const Record& record);

}
