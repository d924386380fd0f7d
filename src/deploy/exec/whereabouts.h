#pragma once
#include "base/result.h"
#include "deploy/release/store.h"
#include "sys/host.h"
#include <map>
#include <string>
#include <string_view>

// Which release is in which slot after the last run of the user's own commands. Kept as exec.json in the state folder.
namespace fairlead::deploy {

struct Whereabouts {
    std::map<std::string, std::string> releases; // slot -> release id
    std::string runs, routed;                    // slots; empty: none
    bool operator==(const Whereabouts&) const = default;
};

// `of`: the owner (ledger/checked.h). Empty: no owner is written; when reading, any owner is accepted.
std::string to_json(const Whereabouts& whereabouts, const std::string& of = "");
Result<Whereabouts> parse_whereabouts(std::string_view text, const std::string& file, const std::string& of = "");

// If the file was lost or is damaged, warns; then the committed release is assumed to run.
Result<Whereabouts> read_whereabouts(sys::Host& host, const Store& store);
// Returns the file's damage; empty if nothing was deployed yet.
Result<std::vector<ledger::Damage>> damaged_whereabouts(sys::Host& host, const Store& store);
Result<void> write_whereabouts(sys::Host& host, const Store& store, const Whereabouts& whereabouts);

}
