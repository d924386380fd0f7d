#pragma once
#include <string>
#include <string_view>

// Masks values in the error messages of a database: they go into logs, and more people may read the logs than the
// database.
namespace fairlead::sys {

// Returns the message with *** for each value that it quotes: "invalid input syntax for type integer: "***"", "Key
// (mail)=(***) already exists". Names of tables, columns and types stay.
std::string without_values(std::string_view message);
// Whether a line shows rows or whole statements, as those after an error do: DETAIL, CONTEXT, QUERY.
bool shows_rows(std::string_view line);

}
