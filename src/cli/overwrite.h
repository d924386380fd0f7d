#pragma once
#include <string_view>

// What --output, and an input that names a file to write, may replace: what one of our tools wrote before, and nothing
// else.
namespace fairlead::cli {

// Whether a file that holds `text` may be an earlier report in that format (of report/formats.h, or a tool's own), by
// what only our writers put there; an empty file is anybody's. A format without
// such a mark is never recognised.
bool may_be_ours(std::string_view format, std::string_view text);

}
