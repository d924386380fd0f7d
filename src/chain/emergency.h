#pragma once
#include <string>

// `fairlead help emergency`: what to type when production is down, of each environment of fairlead.yml, and whom to
// call. `folder` is absolute. Reads, asks no server; a fairlead.yml that is broken or not there is told, and the
// commands still stand.
namespace fairlead::chain {

std::string emergency(const std::string& folder);

}
