#pragma once
#include <string>
#include <string_view>

namespace fairlead::sys {

// Returns SQLite's syntax error for the statement (`near "TABL": syntax error`). Empty: the syntax is right, or the
// statement is longer than 1 MiB. Nothing is run, and the tables need not exist.
std::string sqlite_syntax_error(std::string_view statement);

}
