#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"
#include "migrate/steps/pieces.h"
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

// Finds deleted rows, and tables with all rows changed, that no statement shows (sql/destroys.h): the cause is a
// trigger, a rule, a cascade, a function or a table's conflict clause. To find them, we compare the tables before the
// script's transaction ends.
namespace fairlead::migrate {

// Watches only tables that existed before this run, because nobody uses newer tables yet.
class Losses {
  public:
    virtual ~Losses() = default;

    // Call it once per script, before the script and outside of a transaction.
    virtual Result<void> read(const std::vector<Piece>& pieces) = 0;
    // Call it within the transaction, before the first of the pieces `first` to `end` (not included) that may write.
    virtual Result<void> before(std::size_t first, std::size_t end) = 0;
    // Call it after the pieces, within the same transaction. Returns "the table users lost 3 of 3 rows", "… had all of
    // its rows changed", or that our own table was changed, or has a new trigger that would change it later. Empty:
    // nothing is lost.
    virtual Result<std::string> found() = 0;
};

// "fairlead_migrations", and golang-migrate's table if we keep it up to date.
std::vector<std::string> own_tables(const Database& database);
// Returns the message for a change of our own tables.
enum class Own { is_guarded, is_changed };
std::string told_of_own(const Database& database, Own own);

// Returns the tables that the pieces say they change: UPDATE, MERGE, INSERT … ON CONFLICT. For DO: the tables whose
// UPDATE selects only some rows.
std::set<std::string> named_as_changed(const std::vector<Piece>& pieces, sql::Dialect dialect);
// In a smaller table, such as a counter with one row, it is normal that all rows are changed.
constexpr std::int64_t fewest_changed = 2;

// Reads the current state of the tables, at the beginning of a run.
Result<std::unique_ptr<Losses>> watch_rows(Database& database);

// One function for each engine.
Result<std::unique_ptr<Losses>> postgres_losses(Database& database);
Result<std::unique_ptr<Losses>> sqlite_losses(Database& database);

}
