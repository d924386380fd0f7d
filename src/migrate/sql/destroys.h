#pragma once
#include "migrate/sql/statement.h"

namespace fairlead::migrate::sql {

// Who tells what a statement of SQLite reaches for beside its own tables: its words, or SQLite (steps/reach.h).
enum class Reach { by_words, by_engine };

// PostgreSQL: a function that is code of the server or of a library (LANGUAGE internal, c), a foreign table that is a
// program or a file of the server. What it does can't be read in its text.
bool makes_way_out(const Statement& statement);
// SQLite: ATTACH, VACUUM INTO, writable_schema.
bool reaches_out(std::string_view kind, std::string_view text);

// Whether it takes away what nobody brings back: rows, or an object that holds some (a table, a schema, a type with the
// columns of it). What nobody can tell by its text (EXECUTE, also within DO) counts, too; of functions that it calls
// see steps/calls.h.
bool destroys(const Statement& statement, Dialect dialect, Reach reach = Reach::by_words);

}
