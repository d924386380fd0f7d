#pragma once
#include "config/change.h"
#include "config/config.h"
#include "report/report.h"
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {
class Repository;
}

// Reports changes of fairlead.yml that weaken a tool. Each domain lists the keys in rows.
namespace fairlead::config {

struct Milder {
    enum class When {
        higher,  // a number, a size, a duration, a share
        lower,   // the same types
        added,   // an item of a list; with `*` at the end, an entry
        removed, // the key; with `*` at the end, one of its entries
        set,     // it was absent or false before
        unset,   // it is absent or false now
        altered, // changed in any way; it existed before
        changed, // as altered, or new
        narrowed // a list that limits what counts: it is new, or lost an item
    };
    // Dotted, relative to the tool's section, or to the top if it begins with `environments.` or `evidence.`; `*`
    // stands for each name, or each item of a list.
    std::string_view key;
    When when;
    std::string_view absent = {}; // for `higher` and `lower`: the value that an absent key means; empty: no limit
};

// Returns warnings TOOL/silenced for changes in `now` that weaken the tool: in the common section, in environments and
// in the tool's waivers. Each is at its line of `now` and shows no content of the file. They have the order of the
// rows; waivers come last. `tool`: "" is the front command.
std::vector<report::Finding> milder(const Config& before, const Config& now, std::string_view tool,
                                    std::span<const Milder> rows);

// Does the same for the loaded file, compared with the file before the job's change. Empty: there is no event about a
// change, the change is foreign (then the base's file is loaded), or the earlier commit isn't in the clone (logged).
// `folder` is where the search for the file began: the same search may find a different file in the earlier commit.
// Empty: the file was named.
std::vector<report::Finding> milder_by(const Change& change, const Config& now, const std::string& folder,
                                       std::string_view tool, std::span<const Milder> rows);

// Returns the file before a pull request of this repository, without the values of variables; empty if there was no
// file. Nothing: the change is not such a pull request (pushes and merge groups were accepted by somebody already), or
// `now` is outside of the repository. Error (could_not), with the way to get it: the base isn't in the clone.
Result<std::optional<Config>> before_merge(const Change& change, const Config& now, const std::string& folder);

// Returns the commit to compare a change of this repository with: for a pull request the commit at which it left its
// base, else the commit before; empty: there was no commit. Error (could_not): that commit isn't in the clone.
Result<std::string> commit_before(const Change& change, const sys::Repository& repository);

}
