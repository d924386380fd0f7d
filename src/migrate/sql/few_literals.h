#pragma once
#include <string>
#include <string_view>

namespace fairlead::migrate::sql {

// A statement of data, made small enough to be parsed: of a list of literals (the rows of VALUES, IN (1, 2, …), an
// array) the first three stay, and a long text loses its letters. Blanks stand in their place, so that all else is
// where it was.
std::string with_few_literals(std::string_view statement);

}
