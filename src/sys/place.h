#pragma once
#include "base/result.h"
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::sys {

// The place of byte `offset` of `text`. The excerpt is its line; empty when that is longer than a screen shows.
Place place_of(std::string_view text, std::size_t offset, const std::string& file_name);

}
