#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <string>
#include <string_view>

// PostgreSQL's own parser (libpg_query), of the version that the distribution packages: 15 to 17.
namespace fairlead::sys {

int sql_grammar(); // the major version of PostgreSQL that the grammar belongs to

// Returns whether the statement is too large for the library's recursion or for memory: over 1 MiB, or thousands of
// operators.
bool is_too_large_sql(std::string_view statement);

// Returns the parse tree of one statement, as libpg_query writes it as JSON: {"AlterTableStmt": {…}}. Each "location"
// is a byte offset in `statement`. Error (no), with the line and column in `statement`: the grammar refuses the
// statement, or it is too large. Only one thread parses at a time, because the library redirects stderr while it
// parses.
Result<Json> parse_sql(const std::string& statement, const std::string& file);

}
