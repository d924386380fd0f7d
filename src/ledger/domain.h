#pragma once
#include <span>
#include <string_view>

// Whose ledger it is: the words of its messages and the names in its files.
namespace fairlead::ledger {

struct Domain {
    std::string_view tool; // "fairlead-deploy"
    // "deployment": what is carried out and recorded, one at a time. Its id is that member of records and of
    // state.json; the folders are called so too, with an s.
    std::string_view act;
    std::span<const std::string_view> state; // the domain's members of state.json, in their order; each is a text
};

}
