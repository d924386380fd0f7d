#pragma once
#include "base/result.h"
#include "migrate/records/record.h"
#include "migrate/server/connect.h"
#include "sys/database/session.h"
#include <string>
#include <string_view>
#include <vector>

// The table of records: where it is, what it holds, and the statements that change it, which are put into the
// migration's own transaction.
namespace fairlead::migrate::records {

// A value within a statement, whatever the session's settings are.
std::string literal(server::Engine engine, std::string_view text);

class Table {
  public:
    // `name` may hold a schema: "audit.fairlead_migrations"; without one it is that in which a new table would be.
    // Error (usage): there is no such schema; could_not: it was made by a newer version of ours.
    static Result<Table> find(sys::Session& session, server::Engine engine, const std::string& name);

    bool exists() const { return exists_; }
    bool has_schema() const { return has_schema_; } // false: the schema that the name has is not there yet
    server::Engine engine() const { return engine_; }
    std::string shown() const { return schema_.empty() ? name_ : schema_ + "." + name_; }
    std::string beside(std::string_view name) const; // another table of that schema, quoted

    Result<void> make(sys::Session& session); // with its schema; only under the lock
    Result<std::vector<Record>> read(sys::Session& session) const;

    // Statements without the last semicolon. `known` is the row as this run read or wrote it, nullptr where there was
    // none: the primary key refuses the statements if another run has changed it since (is_changed).
    std::string put_applied(const Record& record, const Record* known) const; // now; it began at started_at, or with
                                                                              // the transaction
    std::string put_started(const Record& record, const Record* known) const; // now; progress as the record says
    std::string put_as_is(const Record& record, const Record* known) const;   // state and all; it ended now
    std::string progressed(const Record& known, std::int64_t statements, std::string_view checksum) const;
    std::string ended(const Record& known, State state, std::string_view error) const;
    std::string erased(const Record& known) const;
    std::string fence(const Record& known) const;          // changes nothing
    std::string forgotten(std::string_view version) const; // whatever it says
    // Of the row that this transaction wrote, as a record has it.
    Result<std::string> started_at(sys::Session& session, std::string_view version) const;
    // Whether the row is no longer as `known` says.
    Result<bool> is_changed(sys::Session& session, std::string_view version, const Record* known) const;

  private:
    std::string is_as_known(const Record& known) const;    // what follows WHERE
    std::string unless_changed(const Record* known) const; // what makes room for the new row
    std::string refused_if(const std::string& condition) const;
    std::string text(std::string_view value) const { return literal(engine_, value); }
    std::string full() const;
    std::string now() const;
    std::string as_text(std::string_view time) const; // a column of times, as a record has it
    std::string put(const Record& record, const std::string& started, const std::string& finished,
                    const std::string& duration) const;

    server::Engine engine_ = server::Engine::postgres;
    std::string schema_, name_;
    bool exists_ = false, schema_is_named_ = false, has_schema_ = true, has_way_back_ = false;
};

// A statement about the table was refused. A table that is gone has its way out.
Error refused(const std::string& what, const sys::Refusal& refusal);

// Of the kind that migrations have; ours are left out.
bool is_migration(const Record& record);

}
