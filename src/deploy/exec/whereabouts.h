#pragma once
#include "base/result.h"
#include "deploy/release/store.h"
#include "sys/host.h"
#include <map>
#include <string>
#include <string_view>

// What the user's own commands put where, as the last run of them left it: exec.json in the state folder.
namespace fairlead::deploy {

struct Whereabouts {
    std::map<std::string, std::string> releases; // by slot: ids
    std::string runs, routed;                    // slots; empty: none
    bool operator==(const Whereabouts&) const = default;
};

// `of`: whose it is (ledger/checked.h); empty: it doesn't say, or anybody's.
std::string to_json(const Whereabouts& whereabouts, const std::string& of = "");
Result<Whereabouts> parse_whereabouts(std::string_view text, const std::string& file, const std::string& of = "");

// A file that was lost or is damaged is told; what was committed is then taken to run.
Result<Whereabouts> read_whereabouts(sys::Host& host, const Store& store);
// What is wrong with that file; nothing was put anywhere yet: nothing.
Result<std::vector<ledger::Damage>> damaged_whereabouts(sys::Host& host, const Store& store);
Result<void> write_whereabouts(sys::Host& host, const Store& store, const Whereabouts& whereabouts);

}
