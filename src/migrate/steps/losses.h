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

// Rows that go, and tables all of whose rows are changed, though no statement says so: by a trigger, a rule, a cascade,
// a function, a table's conflict clause. The words of a script don't tell (sql/destroys.h), so the tables are asked
// before its transaction ends.
namespace fairlead::migrate {

// Of tables that were there before this run; what the run made is nobody's yet.
class Losses {
  public:
    virtual ~Losses() = default;

    // Once per script, before it begins. Outside of a transaction.
    virtual Result<void> read(const std::vector<Piece>& pieces) = 0;
    // Within the transaction, before the first of the pieces `first` to `end` (not included) that may write.
    virtual Result<void> before(std::size_t first, std::size_t end) = 0;
    // Behind them, within the same transaction: "the table users lost 3 of 3 rows", "… had all of its rows changed", or
    // that a table of ours is not as it was, or a trigger stands on it and would do it later; empty: none is lost.
    virtual Result<std::string> found() = 0;
};

// "fairlead_migrations", with golang-migrate's beside it where we keep that.
std::vector<std::string> own_tables(const Database& database);
// What is said where one of them is not as it was.
enum class Own { is_guarded, is_changed }; // by a trigger and the like; its rows, or the table itself
std::string told_of_own(const Database& database, Own own);

// Tables that the pieces say they change: UPDATE, MERGE, INSERT … ON CONFLICT; of DO those whose UPDATE asks for some
// rows.
std::set<std::string> named_as_changed(const std::vector<Piece>& pieces, sql::Dialect dialect);
// A table of one row, such as a counter, has all of its rows changed often.
constexpr std::int64_t fewest_changed = 2;

// As the tables are now: at the beginning of a run.
Result<std::unique_ptr<Losses>> watch_rows(Database& database);

// Of each engine.
Result<std::unique_ptr<Losses>> postgres_losses(Database& database);
Result<std::unique_ptr<Losses>> sqlite_losses(Database& database);

}
