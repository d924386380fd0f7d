#pragma once
#include "migrate/server/watch.h"
#include "migrate/steps/database.h"
#include "migrate/steps/losses.h"
#include "migrate/steps/pieces.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// One way of one migration, carried out.
namespace fairlead::migrate {

enum class Direction { up, down };

struct Task {
    const files::Script* script = nullptr;
    Direction direction = Direction::up;
    records::Record row;               // as it is to be once this ran through; of a begun one with its progress
    std::optional<std::string> golang; // the version at which golang-migrate's table stands then
    std::string redoes = "";           // "redo": its way up follows
    bool resumes = false;              // outside of a transaction: from behind row.progress
    std::string label() const { return row.name.empty() ? row.version : row.version + " " + row.name; }
};

struct Outcome {
    bool is_done = false;
    // Refused: what the database said, where, and in which of how many statements.
    std::string why;
    int line = 0;
    std::int64_t statement = 0, statements = 0;
    std::string text;              // that statement's first 80 characters
    bool is_whole = true;          // nothing of it is left behind
    std::int64_t kept = 0;         // else: statements from its first that ran and stay
    std::vector<std::string> left; // invalid indexes
    bool is_unconfirmed = false;   // it took rows away that no statement says; rolled back
    Milliseconds took{0};
};

// Of a script that runs as one transaction no statement may end that. Error (usage or no), with file:line.
Result<void> check_script(const files::Script& script, sql::Dialect dialect);

std::string said(const sys::Refusal& refusal); // in one line
bool is_there_already(const std::string& why); // as `said` tells it: what it makes is there

// Whether somebody said that it may destroy what was there.
enum class Confirmed { no, yes };

class Applier {
  public:
    // `guarded`: what destroys has to be confirmed, so the rows of tables are watched (losses.h).
    enum class Rows { free, guarded };
    Applier(Database& database, std::string application, Rows rows);
    // Error (could_not): the connection is lost or a stop request came; (usage): it was begun, and how far it came
    // nobody can know.
    Result<Outcome> run(const Task& task, Confirmed confirmed);

  private:
    struct Way; // of a script, statement by statement
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
    Result<sys::Answer> settled(); // what waits for COMMIT is done now
    Result<sys::Answer> copied(const Piece& piece);
    // Again while a lock can't be had; what was refused is rolled back.
    Result<sys::Answer> retried(const std::function<Result<sys::Answer>()>& attempt);
    // `begun`: its row as it stands, outside of a transaction.
    std::string closing(const Task& task, const Pieces& pieces, const records::Record* begun) const;

    Database& database_;
    server::Watch watch_;
    Rows rows_;
    std::unique_ptr<Losses> losses_; // since the first run
    bool is_watched_ = false;        // what runs now
};

}
