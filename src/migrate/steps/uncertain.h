#pragma once
#include "migrate/files/folder.h"
#include "migrate/records/record.h"
#include "migrate/sql/statement.h"
#include "migrate/steps/database.h"
#include "migrate/steps/pieces.h"
#include <optional>
#include <string>

// Whether a statement outside of a transaction ran, of a script that was interrupted there.
namespace fairlead::migrate {

// Of a begun script: the statement of which nobody can know whether it ran.
struct Uncertain {
    std::int64_t number = 0; // from 1
    int line = 0;
    std::string text; // its first 80 characters
};
Result<std::optional<Uncertain>> uncertain(const Database& database, const files::Script& script,
                                           const records::Record& row);

// What repair writes down as the row's error once somebody said whether the uncertain statement ran.
std::string decided(std::int64_t statement, bool ran);

// What a begun script did last, seen from the statement behind what it is known to have done.
enum class Next { runs, is_done, unsure };
Result<Next> judge_next(Database& database, const Piece& piece, const sql::Statement& statement);
// By what is written down of a begun script: nobody knows about the statement behind its progress.
bool is_open_question(const records::Record& row, const sql::Statement& statement);
// Whether some of it may be there though it was refused.
bool may_commit(const sql::Statement& statement);

}
