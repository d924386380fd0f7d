#pragma once
#include "migrate/files/folder.h"
#include "migrate/records/record.h"
#include "migrate/sql/statement.h"
#include "migrate/steps/database.h"
#include "migrate/steps/pieces.h"
#include <optional>
#include <string>

// For scripts outside of a transaction: determines whether the statement ran at which the script was interrupted.
namespace fairlead::migrate {

// A statement of a begun script for which it can't be determined whether it ran.
struct Uncertain {
    std::int64_t number = 0; // from 1
    int line = 0;
    std::string text; // its first 80 characters
};
Result<std::optional<Uncertain>> uncertain(const Database& database, const files::Script& script,
                                           const records::Record& row);

// Returns the text that `repair` writes into the row's `error` after a user has decided whether the uncertain statement
// ran.
std::string decided(std::int64_t statement, bool ran);

// The state of the first statement that a begun script isn't known to have run.
enum class Next { runs, is_done, unsure };
Result<Next> judge_next(Database& database, const Piece& piece, const sql::Statement& statement);
// Returns whether the row of a begun script leaves open whether the statement after its progress ran.
bool is_open_question(const records::Record& row, const sql::Statement& statement);
// Returns whether a part of the statement may have taken effect even if it was refused.
bool may_commit(const sql::Statement& statement);

}
