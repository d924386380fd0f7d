#pragma once
#include "migrate/sql/statement.h"

namespace fairlead::migrate::sql {

// How to determine what an SQLite statement reaches outside of its own tables: by its words, or by asking SQLite
// (steps/reach.h).
enum class Reach { by_words, by_engine };

// PostgreSQL: returns whether it creates an object whose text doesn't show what it does: a function with code of the
// server or a library (LANGUAGE internal, c), or a foreign table for a program or a file of the server.
bool makes_way_out(const Statement& statement);
// SQLite: ATTACH, VACUUM INTO, writable_schema.
bool reaches_out(std::string_view kind, std::string_view text);

// Returns whether it deletes rows, or an object with rows (a table, a schema, a type with columns of that type). Also
// true for text that can't be judged (EXECUTE, also within DO). For called functions see steps/calls.h.
bool destroys(const Statement& statement, Dialect dialect, Reach reach = Reach::by_words);

}
