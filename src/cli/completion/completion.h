#pragma once
#include "cli/spec.h"
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::cli {

// Returns a shell script that completes the tool's command line: commands, the flags of the typed command, and their
// values. `fairlead-x --render completion-bash` prints it. Nothing: the shell is unknown.
std::optional<std::string> render_completion(const Spec& spec, std::string_view shell); // "bash", "zsh" or "fish"

// Returns the environments of the nearest fairlead.yml, one per line; the scripts call it while somebody types. Never
// fails: an unreadable file gives an empty text, and names with a meaning for a shell are left out.
std::string environments_here();

}
