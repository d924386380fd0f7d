#pragma once
#include <string>
#include <string_view>

namespace fairlead::migrate::sql {

// Makes a statement with much data small enough for the parser. Keeps the first three items of a list of literals (the
// rows of VALUES, IN (1, 2, …), an array), and empties long texts. Fills the gaps with blanks, so that everything else
// stays in its place.
std::string with_few_literals(std::string_view statement);

}
