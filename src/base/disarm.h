#pragma once
#include <string>
#include <string_view>

namespace fairlead {

// Foreign text made harmless for a log that GitHub's runner or act parses for commands (actions/runner
// src/Runner.Common/ActionCommand.cs): no line starts with blanks and `::`, `##[` is nowhere. A lone CR ends a line
// too. A backslash tears them apart; text without them is returned as it is.
std::string disarm(std::string_view text);

}
