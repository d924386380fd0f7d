#pragma once
#include "base/result.h"
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::sys {

// A place in `text` with its line as the excerpt; empty when that is longer than a screen shows.
Place place_of(std::string_view text, std::size_t offset, const std::string& file_name); // in bytes
Place place_at(std::string_view text, int line, int column, const std::string& file_name);

}
