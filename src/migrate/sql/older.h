#pragma once
#include <string>
#include <string_view>

namespace fairlead::migrate::sql {

// What PostgreSQL 16 to 18 learned, in words that the grammar of 15 knows and that mean the same to who decides about
// locks: named NOT NULL constraints, subqueries without an alias, NOT ENFORCED, virtual columns. Lines stay where they
// are. Anything else is handed back as it is.
std::string in_older_words(std::string_view statement);

}
