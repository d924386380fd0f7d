#pragma once
#include <string_view>

// Decides which files --output, or an input that names an output file, may replace: only files that one of our tools
// wrote.
namespace fairlead::cli {

// Returns whether a file with this text may be an earlier report in this format (of report/formats.h, or a tool's own).
// It looks for marks that only our writers make; a format without such a mark is never recognised. An empty file always
// passes.
bool may_be_ours(std::string_view format, std::string_view text);

}
