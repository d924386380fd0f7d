#pragma once
#include "migrate/sql/statement.h"
#include "migrate/steps/pieces.h"
#include <string>
#include <string_view>
#include <vector>

// What a script outside of a transaction did to its session, for a run that continues in another session.
namespace fairlead::migrate {

struct Before {
    std::vector<std::string> settings; // SET, PRAGMA, PREPARE, …, as they were written
    int temporary_line = 0;            // line of a temporary table that it created and didn't drop
};
Before session_before(const std::vector<Piece>& pieces, const std::vector<sql::Statement>& statements,
                      std::size_t first);

bool sets_role(const sql::Statement& statement);
// SQL to run before our own writes in a transaction. After the transaction, the script's role is active again.
inline constexpr std::string_view as_ourselves = "SET LOCAL ROLE NONE; SET LOCAL SESSION AUTHORIZATION DEFAULT; ";

}
