#pragma once
#include "sys/environment.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>

// Files in which a user's runs leave notes for later runs on this machine. They never come from a checkout or another
// user.
namespace fairlead::sys {

// Returns root's folder /var/lib/fairlead, else XDG_STATE_HOME/fairlead or HOME/.local/state/fairlead. Nothing: neither
// variable is an absolute path. Never a folder that others can write, such as /tmp: they could make the file first.
std::optional<std::string> state_folder(const Environment& variables, bool root);

// Reads a small file below a state folder. Absent: nothing. Error: somebody other than we or root could have written
// the file or a folder on its way, or the file is a link.
Result<std::optional<std::string>> read_state(const Path& folder, const Path& file);
// Writes the file with mode 0600, and makes missing folders with mode 0700.
Result<void> write_state(const Path& folder, const Path& file, std::string_view bytes);

}
