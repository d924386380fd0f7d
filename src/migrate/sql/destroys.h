#pragma once
#include "migrate/sql/statement.h"

namespace fairlead::migrate::sql {

// Whether it takes away what nobody brings back: rows, or an object that holds some (a table, a schema, a type with the
// columns of it). What nobody can tell by its text (EXECUTE, also within DO) counts, too; of functions that it calls
// see steps/calls.h.
bool destroys(const Statement& statement, Dialect dialect);

}
