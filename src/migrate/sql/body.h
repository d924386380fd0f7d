#pragma once
#include "migrate/sql/statement.h"
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What the text of a function, a procedure or DO tells of what it does, whatever language it is in.
namespace fairlead::migrate::sql {

enum class Destroys { no, unknown, yes };

// Whether its words take rows away, or an object that holds some; those of its strings count, too. Unknown: it puts
// statements together (EXECUTE) and none of its words tells which.
Destroys body_destroys(std::string_view text);

// Of the server and its extensions, in C: no body tells what they do.
struct ServerFunction {
    std::string_view name;
    Destroys destroys;
    bool reaches_out; // beyond the database: no rollback takes it back, and nobody here sees what it did
    std::string_view why;
};
const ServerFunction* server_function(std::string_view name); // nullptr: none of those

// What stands in the quotes of CREATE FUNCTION or DO.
std::string quoted_body(std::string_view statement);

// Tables whose rows the text says it changes, without their schemas: of UPDATE, MERGE, INSERT … ON CONFLICT.
std::set<std::string> changed_in(std::string_view text, Dialect dialect);
// The UPDATEs of a body that can be read without running it, as EXECUTE's can't.
std::vector<Update> updates_in(const std::string& body);

// All names without their schemas, but for those of strings and comments.
std::vector<Name> names_in(std::string_view text);
// Names that stand before a parenthesis, without those of quotes and comments: functions, and what looks like one.
std::vector<Name> called_in(std::string_view text);

}
