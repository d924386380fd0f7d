#pragma once
#include "config/config.h"

namespace fairlead::config {

// What a file holds that a key names and that is believed, as a key or a certificate is (Field::believed): of a foreign
// change as the base commit has it, else beneath the tree around fairlead.yml, out of which no link leads. Error:
// usage, also where the base hasn't it; could_not: it can't be read. `way_out` is for what lies outside: "copy it into
// the tree".
Result<std::string> believed_file(const Config& config, const std::string& named,
                                  std::string_view way_out = "copy it into the tree");

}
