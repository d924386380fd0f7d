#pragma once
#include "sys/environment.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>

// What a user's runs on this machine know of each other: files that no checkout and nobody else brings.
namespace fairlead::sys {

// Root's: /var/lib/fairlead; else XDG_STATE_HOME/fairlead or HOME/.local/state/fairlead. Nothing: neither variable is
// an absolute path. Never a folder that others write to, as /tmp: they would make the file before us.
std::optional<std::string> state_folder(const Environment& variables, bool root);

// A small file below `folder`, which is a state folder. Only we, or root, could have written it, and the folders on its
// way. Absent: nothing. Error: it is a link, of another owner, or others may write it or a folder.
Result<std::optional<std::string>> read_state(const Path& folder, const Path& file);
// 0600 in folders of 0700, which are made.
Result<void> write_state(const Path& folder, const Path& file, std::string_view bytes);

}
