#pragma once
#include "migrate/server/watch.h"
#include "migrate/steps/database.h"
#include "migrate/steps/pieces.h"
#include <cstdint>
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
    Milliseconds took{0};
};

// Of a script that runs as one transaction no statement may end that. Error (usage or no), with file:line.
Result<void> check_script(const files::Script& script, sql::Dialect dialect);

class Applier {
  public:
    explicit Applier(Database& database, std::string application);
    // Error (could_not): the connection is lost or a stop request came; (usage): it was begun, and how far it came
    // nobody can know.
    Result<Outcome> run(const Task& task);

  private:
    Result<Outcome> in_transaction(const Task& task);
    Result<Outcome> by_statements(const Task& task);
    Result<sys::Answer> sent(const std::string& sql);
    Result<sys::Answer> retried(const std::string& sql);
    std::string closing(const Task& task, const std::vector<Piece>& pieces) const;

    Database& database_;
    server::Watch watch_;
};

// Of a begun one: the statement of which nobody can know whether it ran.
struct Uncertain {
    std::int64_t number = 0; // from 1
    int line = 0;
    std::string text; // its first 80 characters
};
Result<std::optional<Uncertain>> uncertain(const Database& database, const files::Script& script,
                                           const records::Record& row);

// What repair writes down as the row's error once somebody said whether the uncertain statement ran.
std::string decided(std::int64_t statement, bool ran);

// Invalid indexes on the tables that the script makes or rebuilds indexes of without a lock: "app.i".
Result<std::vector<std::string>> invalid_indexes(Database& database, const files::Script& script);

}
