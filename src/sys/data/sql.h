#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <string>
#include <string_view>

// PostgreSQL's own parser (libpg_query), of the version that the distribution packages: 15 to 17.
namespace fairlead::sys {

int sql_grammar(); // the major version of PostgreSQL whose grammar it is

// More of it than the library's recursion and this machine's memory are good for: 1 MiB, or thousands of operators.
bool is_too_large_sql(std::string_view statement);

// The parse tree of one statement, as libpg_query writes it as JSON: {"AlterTableStmt": {…}}. Its "location"s are bytes
// of `statement`. Error (no), with the line and column in `statement`: that grammar refuses it, or it is too
// large. Threads take turns: the library holds stderr while it works.
Result<Json> parse_sql(const std::string& statement, const std::string& file);

}
