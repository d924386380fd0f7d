#pragma once
#include "migrate/sql/statement.h"
#include "migrate/steps/pieces.h"
#include <string>
#include <string_view>
#include <vector>

// What a script outside of a transaction did to its session, for one that goes on in another session.
namespace fairlead::migrate {

struct Before {
    std::vector<std::string> settings; // SET, PRAGMA, PREPARE, …, as they were written
    int temporary_line = 0;            // of a temporary table that it made and didn't drop
};
Before session_before(const std::vector<Piece>& pieces, const std::vector<sql::Statement>& statements,
                      std::size_t first);

bool sets_role(const sql::Statement& statement);
// Before what we write down, in a transaction: its end brings the script's role back.
inline constexpr std::string_view as_ourselves = "SET LOCAL ROLE NONE; SET LOCAL SESSION AUTHORIZATION DEFAULT; ";

}
