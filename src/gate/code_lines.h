#pragma once
#include <string_view>
#include <vector>

// Tells which lines of a file could run, where no report says so.
namespace fairlead::gate {

// Whether more than a comment or brackets is in the line, which is trimmed and not blank. In a header of C or C++, the
// declaration of a function isn't code.
bool is_code(std::string_view path, std::string_view line);

// Whether the whole file only declares: it has types, interfaces or prototypes, but no body that could run.
bool only_declares(std::string_view path, std::string_view text);

// Returns whether each line of the whole file could run. None can in a file that only declares. For Python, see
// python_lines.h.
std::vector<bool> code_lines(std::string_view path, std::string_view text);

}
