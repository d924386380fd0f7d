#pragma once
#include "config/config.h"

namespace fairlead::config {

// Reads a file that a key names and that is trusted, such as a key or a certificate (Field::believed). For a foreign
// change, reads it from the base commit. Otherwise the file, with links followed, must be in the tree around
// fairlead.yml. Error (usage): it is outside, or the base doesn't have it; could_not: it can't be read. `way_out` ends
// the message about a file outside.
Result<std::string> believed_file(const Config& config, const std::string& named,
                                  std::string_view way_out = "copy it into the tree");

}
