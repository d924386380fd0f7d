#pragma once
#include <string>
#include <string_view>

namespace fairlead::migrate::sql {

// Rewrites new syntax of PostgreSQL 16 to 18 for the grammar of 15, without changing the locks: named NOT NULL
// constraints, subqueries without an alias, NOT ENFORCED, virtual columns. Lines stay where they are. Returns any other
// statement unchanged.
std::string in_older_words(std::string_view statement);

}
