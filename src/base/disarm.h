#pragma once
#include <string>
#include <string_view>

namespace fairlead {

// Makes foreign text harmless for a log that GitHub's runner or act parses for commands (actions/runner
// src/Runner.Common/ActionCommand.cs): no line starts with blanks and `::`, and `##[` doesn't occur. A lone CR also
// ends a line. Where needed, a backslash is inserted; other text is returned unchanged.
std::string disarm(std::string_view text);

}
