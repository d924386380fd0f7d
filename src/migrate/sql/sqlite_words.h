#pragma once
#include "migrate/sql/tokens.h"
#include <string>
#include <string_view>

namespace fairlead::migrate::sql {

// Rewrites SQLite's words (and MySQL's quotes) as PostgreSQL's, so that PostgreSQL's parser can find the affected rows:
// [a] and `a` as "a", UPDATE OR IGNORE, INDEXED BY, GLOB, a IS b, a NOT NULL. The result is only parsed, never run.
std::string in_postgres_words(std::string_view statement, Dialect dialect);

}
