#pragma once
#include "migrate/sql/statement.h"
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Judges the text of a function, a procedure or DO, in any language.
namespace fairlead::migrate::sql {

enum class Destroys { no, unknown, yes };

// Returns whether its words, also those in strings, delete rows or an object with rows. Unknown: it builds statements
// at run time (EXECUTE), and its words don't show what they do.
Destroys body_destroys(std::string_view text);

// A function of the server or its extensions, written in C: it has no body to read.
struct ServerFunction {
    std::string_view name;
    Destroys destroys;
    bool reaches_out; // acts outside of the database, where no rollback undoes it and we can't see it
    std::string_view why;
};
const ServerFunction* server_function(std::string_view name); // nullptr: it is not in the list

// Returns the quoted text of CREATE FUNCTION or DO.
std::string quoted_body(std::string_view statement);

// Returns the tables whose rows the text changes, without their schemas: by UPDATE, MERGE, INSERT … ON CONFLICT.
std::set<std::string> changed_in(std::string_view text, Dialect dialect);
// Returns the UPDATEs in a body, except those in strings for EXECUTE.
std::vector<Update> updates_in(const std::string& body);

// Returns all names without their schemas, except names in strings and comments.
std::vector<Name> names_in(std::string_view text);
// Returns names before a parenthesis, outside of quotes and comments: functions, and words that look like functions.
std::vector<Name> called_in(std::string_view text);

}
