#pragma once
#include "migrate/sql/statement.h"
#include "sys/data/json_fwd.h"
#include <functional>

// Parts of a parse tree (sys/data/sql.h) as plain values.
namespace fairlead::migrate::sql {

using Lines = std::function<int(std::size_t)>; // an offset in the statement as a line of the file

const sys::Json& part(const sys::Json& tree, std::string_view key); // null where there is none
bool flag(const sys::Json& tree, std::string_view key);
std::string word(const sys::Json& tree, std::string_view key); // empty where there is none
int line_of(const sys::Json& tree, const Lines& lines);        // 0 where the tree doesn't tell

std::string string_in(const sys::Json& node);                      // of {"String": {"sval": "x"}}
std::vector<std::string> strings_in(const sys::Json& list);        // of a list of those
Name relation(const sys::Json& range);                             // of a RangeVar
Name qualified(const std::vector<std::string>& parts);             // a.b.c: the last two
Name object_in(const sys::Json& node);                             // that DROP, RENAME or GRANT names
bool is_on(const sys::Json& options, std::string_view name);       // of (FULL), (FULL false)
Column column_of(const sys::Json& definition, const Lines& lines); // of a ColumnDef
Constraint constraint_of(const sys::Json& constraint, const Lines& lines);

}
