#pragma once
#include "cli/spec.h"
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::cli {

// A shell's script that completes the tool's command line: its commands, the flags of the command that is typed, and
// their values. `fairlead-x --render completion-bash` prints it. Nothing: no script is known for `shell`.
std::optional<std::string> render_completion(const Spec& spec, std::string_view shell); // "bash", "zsh" or "fish"

// What the scripts ask while somebody types: the environments of the nearest fairlead.yml, one per line. Never fails:
// of a file that can't be read there are none, and names that a shell would read as more than a name are left out.
std::string environments_here();

}
