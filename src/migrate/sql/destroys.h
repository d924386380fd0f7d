#pragma once
#include "migrate/sql/statement.h"

namespace fairlead::migrate::sql {

// How we find out what an SQLite statement reaches outside of its own tables: by its words, or by asking SQLite
// (steps/reach.h).
enum class Reach { by_words, by_engine };

// PostgreSQL: whether it creates a function with code of the server or a library (LANGUAGE internal, c), or a foreign
// table that is a program or a file of the server. The text doesn't show what such an object does.
bool makes_way_out(const Statement& statement);
// SQLite: ATTACH, VACUUM INTO, writable_schema.
bool reaches_out(std::string_view kind, std::string_view text);

// Whether it deletes what can't be brought back: rows, or an object with rows (a table, a schema, a type with columns
// of that type). Text that can't be judged (EXECUTE, also within DO) counts, too. For called functions see
// steps/calls.h.
bool destroys(const Statement& statement, Dialect dialect, Reach reach = Reach::by_words);

}
