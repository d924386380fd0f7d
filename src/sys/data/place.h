#pragma once
#include "base/result.h"
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::sys {

// Returns a place in `text`, with its line as the excerpt. The excerpt is empty if the line is too long for a screen.
Place place_of(std::string_view text, std::size_t offset, const std::string& file_name); // `offset` in bytes
Place place_at(std::string_view text, int line, int column, const std::string& file_name);

}
