#pragma once
#include "migrate/sql/statement.h"
#include "sys/data/json_fwd.h"
#include <functional>

// Returns parts of a parse tree (sys/data/sql.h) as plain values.
namespace fairlead::migrate::sql {

using Lines = std::function<int(std::size_t)>; // converts an offset in the statement to a line of the file

const sys::Json& part(const sys::Json& tree, std::string_view key); // null: there is no such part
bool flag(const sys::Json& tree, std::string_view key);
std::string word(const sys::Json& tree, std::string_view key); // empty: there is no such part
sys::Json without_places(sys::Json tree);               // removes positions in the text, in which equal parts differ
int line_of(const sys::Json& tree, const Lines& lines); // 0: the tree has no position

std::string string_in(const sys::Json& node);                      // reads {"String": {"sval": "x"}}
std::vector<std::string> strings_in(const sys::Json& list);        // reads a list of such nodes
Name relation(const sys::Json& range);                             // reads a RangeVar
Name qualified(const std::vector<std::string>& parts);             // a.b.c: the last two
Name object_in(const sys::Json& node);                             // reads the object in DROP, RENAME or GRANT
bool is_on(const sys::Json& options, std::string_view name);       // whether an option is on: (FULL), (FULL false)
Column column_of(const sys::Json& definition, const Lines& lines); // reads a ColumnDef
Constraint constraint_of(const sys::Json& constraint, const Lines& lines);

}
