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

// A change of fairlead.yml that makes a tool milder is told where it does so. Each domain says in rows which keys do.
namespace fairlead::config {

struct Milder {
    enum class When {
        higher,  // a number, a size, a duration, a share
        lower,   // the same
        added,   // an item of a list
        removed, // the key, or with a `*` at the end one of its entries
        set,     // it wasn't there, or was false
        unset,   // the other way round
        altered, // in whatever way, once it was there
        changed, // the same, and where it is new
        narrowed // a list without which everything counts: it is new, or an item is gone
    };
    // Dotted, from the tool's section, or from the top where it begins with `environments.`; `*` stands for each name,
    // or each item of a list.
    std::string_view key;
    When when;
    std::string_view absent = {}; // of `higher` and `lower`: what the key means when it isn't there; empty: no limit
};

// What `now` makes milder: warnings TOOL/silenced at the lines of `now`, in the common section, in those of
// environments and in the tool's waivers, in the order of the rows, waivers last. None shows what the file holds.
// `tool`: "" is the front command.
std::vector<report::Finding> milder(const Config& before, const Config& now, std::string_view tool,
                                    std::span<const Milder> rows);

// The same for the file that is loaded, against what the job's change found there. Nothing where no event tells of a
// change, where it is foreign (then the base's file is loaded), or where the commit before isn't in the clone (logged).
// `folder`: where the nearest file was looked for, so that another one may have counted before; empty: it was named.
std::vector<report::Finding> milder_by(const Change& change, const Config& now, const std::string& folder,
                                       std::string_view tool, std::span<const Milder> rows);

// What counted before a change of this repository that awaits its merge (a pull request; a push and a merge group were
// let in by somebody), without what variables fill in; empty when there was no file. Nothing: there is no such change,
// or `now` lies outside of the repository. Error (could_not), with the way to get it: the base is not in the clone.
Result<std::optional<Config>> before_merge(const Change& change, const Config& now, const std::string& folder);

// The commit that a change of this repository is compared with: of a pull request where it left its base, else what was
// there before; empty: there was nothing. Error (could_not): it is not in the clone.
Result<std::string> commit_before(const Change& change, const sys::Repository& repository);

}
