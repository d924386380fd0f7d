#pragma once
#include "ledger/ledger.h"
#include "sys/data/json.h"

// A domain of tests: what it carries out are moves.
namespace fairlead::ledger::test {

inline constexpr std::string_view members[] = {"place", "move"};
inline constexpr Domain moves{"fairlead-move", "move", members};

inline sys::Json record_of(const std::string& id, const std::string& about = "") {
    return {{"schema", 1}, {"move", id}, {"about", about}, {"prev_sha256", ""}, {"after", true}};
}

}
