#pragma once
#include <string>

// Returns the text of `fairlead help emergency`: the commands to type when production is down, for each environment of
// fairlead.yml, and whom to call. `folder` is absolute. Reads files, but asks no server. A broken or missing
// fairlead.yml is reported, and the commands are printed anyway.
namespace fairlead::chain {

std::string emergency(const std::string& folder);

}
