#pragma once
#include "sys/data/json_fwd.h"
#include <string>
#include <vector>

// Judges by the parse tree, without the data, whether a condition selects only some rows.
namespace fairlead::migrate::sql {

enum class Choice {
    rows,   // some rows: it depends on the row, or on something that isn't visible here
    all,    // every row: `id = 1 OR 1 = 1`, `id = id`, `EXISTS (SELECT 1)`, a constant that we don't evaluate
    none,   // no row: `1 = 2`, NULL
    unknown // the condition is NULL, and NOT of it is NULL, too
};

struct Condition {
    // The statement's names for the table whose rows are selected: t.id and id mean the same there.
    std::vector<std::string> subject;
    // With `is_given`, IS NOT NULL is assumed to be true for every column, and the column is added to `not_null`.
    bool is_given = false;
    std::vector<std::string> not_null = {};

    Choice of(const sys::Json& tree); // null tree: no condition, so all rows
};

// Whether a query reads all rows of a table, without WHERE, HAVING and LIMIT; `with`: the CTEs around it.
bool reads_all(const sys::Json& query, const sys::Json& with);

}
