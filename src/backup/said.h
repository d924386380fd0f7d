#pragma once
#include <string>
#include <string_view>

// What a database says of its trouble goes to logs that more people read than its rows.
namespace fairlead::backup {

// Its message, with *** for each value that it quotes: "invalid input syntax for type integer: "***"", "Key
// (mail)=(***) already exists". Names of tables, columns and types stay.
std::string without_values(std::string_view message);
// Whether a line is one of those that show rows or whole statements behind an error: DETAIL, CONTEXT, QUERY.
bool shows_rows(std::string_view line);

}
