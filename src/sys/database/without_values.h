#pragma once
#include <string>
#include <string_view>

// Masks values in the error messages of a database. The messages go into logs, and more people may read the logs than
// the database.
namespace fairlead::sys {

// Returns the message with *** for each value that it quotes: "invalid input syntax for type integer: "***"", "Key
// (mail)=(***) already exists". Names of tables, columns and types stay.
std::string without_values(std::string_view message);
// Returns whether a line after an error shows rows or whole statements: DETAIL, CONTEXT, QUERY.
bool shows_rows(std::string_view line);

}
