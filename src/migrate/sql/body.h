#pragma once
#include "migrate/sql/statement.h"
#include <string>
#include <string_view>
#include <vector>

// What the text of a function, a procedure or DO tells of what it does, whatever language it is in.
namespace fairlead::migrate::sql {

enum class Destroys { no, unknown, yes };

// Whether its words take rows away, or an object that holds some; those of its strings count, too. Unknown: it puts
// statements together (EXECUTE) and none of its words tells which.
Destroys body_destroys(std::string_view text);

// What stands in the quotes of CREATE FUNCTION or DO.
std::string quoted_body(std::string_view statement);

// Names that stand before a parenthesis, without those of quotes and comments: functions, and what looks like one.
std::vector<Name> called_in(std::string_view text);

}
