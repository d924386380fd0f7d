#pragma once
#include <span>
#include <string_view>

// The domain of a ledger: the words of its messages and the names in its files.
namespace fairlead::ledger {

struct Domain {
    std::string_view tool; // "fairlead-deploy"
    // "deployment": the act that is carried out and recorded, one at a time. Records and state.json have its id in a
    // member of this name. The name of the acts' folder is this with an s.
    std::string_view act;
    std::span<const std::string_view> state; // the domain's members of state.json, in order; each is a text
};

}
