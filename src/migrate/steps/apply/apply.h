#pragma once
#include "migrate/server/watch.h"
#include "migrate/steps/database.h"
#include "migrate/steps/judge/losses.h"
#include "migrate/steps/pieces.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Runs one migration in one direction.
namespace fairlead::migrate {

enum class Direction { up, down };

struct Task {
    const files::Script* script = nullptr;
    Direction direction = Direction::up;
    records::Record row;               // the record after the run; if the migration was begun before, with its progress
    std::optional<std::string> golang; // the version in golang-migrate's table after the run
    std::string redoes = "";           // "redo": the migration is applied again afterwards
    bool resumes = false;              // outside of a transaction: begins after row.progress
    std::string label() const { return row.name.empty() ? row.version : row.version + " " + row.name; }
};

struct Outcome {
    bool is_done = false;
    // If a statement was refused: the database's message, its place, the statement's number and the number of
    // statements.
    std::string why;
    int line = 0;
    std::int64_t statement = 0, statements = 0;
    std::string text;              // the first 80 characters of the refused statement
    bool is_whole = true;          // it ran completely, or nothing of it is left in the database
    std::int64_t kept = 0;         // if not is_whole: number of first statements whose effect stays
    std::vector<std::string> left; // invalid indexes
    bool is_unconfirmed = false;   // it was rolled back because it deleted rows, although no statement says so
    Milliseconds took{0};
};

// Checks that no statement ends the transaction of a script that runs as one transaction. Error (usage or no), with
// file:line.
Result<void> check_script(const files::Script& script, sql::Dialect dialect);

std::string said(const sys::Refusal& refusal); // in one line
// Returns whether a text from said() means that the object to be created already exists.
bool is_there_already(const std::string& why);

// Whether the user confirmed that the migration may destroy existing data.
enum class Confirmed { no, yes };

class Applier {
  public:
    // `guarded`: destroying data needs a confirmation, so the rows of tables are watched (losses.h).
    enum class Rows { free, guarded };
    Applier(Database& database, std::string application, Rows rows);
    // Error (could_not): the connection is lost, or a stop was requested. Error (usage): the migration was begun
    // before, and it is unknown how far it came.
    Result<Outcome> run(const Task& task, Confirmed confirmed);

  private:
    struct Way; // the run of a script, statement by statement
    using Pieces = std::vector<Piece>;

    Result<Outcome> in_transaction(const Task& task);
    Result<void> check_not_taken(const Task& task);
    Result<void> in_one_go(const Task& task, const Pieces& pieces, Outcome& outcome);
    Result<void> one_by_one(const Task& task, const Pieces& pieces, Outcome& outcome);
    Result<Outcome> index_in_the_way(const Pieces& pieces);
    std::string begin() const;

    Result<Outcome> by_statements(const Task& task);
    Result<Way> way_of(const Task& task);
    Result<std::vector<std::string>> go_on(Way& way);
    Result<void> write_start(Way& way);
    Result<void> carry_out(Way& way, std::size_t at);
    Result<sys::Answer> send_one(Way& way, std::size_t at, const std::string& ran, std::string& lost);
    Result<sys::Answer> send_copy(Way& way, std::size_t at, const std::string& ran, std::string& lost);
    Result<sys::Answer> send_watched(const Way& way, std::size_t at, const std::string& end, std::string& lost);
    Result<void> write_down(const Way& way, const std::string& sql, std::string_view what);
    Result<void> check_still_ours(const Way& way);
    Result<Outcome> failed(Way& way);

    Result<sys::Answer> sent(const std::string& sql);
    Result<sys::Answer> settled(); // checks deferred constraints now instead of at COMMIT
    Result<sys::Answer> copied(const Piece& piece);
    // Repeats the attempt while it can't get a lock; a refused attempt is rolled back.
    Result<sys::Answer> retried(const std::function<Result<sys::Answer>()>& attempt);
    // `begun`: outside of a transaction, its row in the table.
    std::string closing(const Task& task, const Pieces& pieces, const records::Record* begun) const;

    Database& database_;
    server::Watch watch_;
    Rows rows_;
    std::unique_ptr<Losses> losses_; // made at the first run
    bool is_watched_ = false;        // whether the running script is watched
};

}
