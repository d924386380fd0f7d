#pragma once
#include <span>
#include <string>
#include <string_view>

// All actions by other people in workflows that we write, show or run, each pinned to a commit, which can't be changed.
// `script/foreign-actions` compares the rows with the upstream tags every week.
namespace fairlead {

struct ForeignAction {
    std::string_view name;    // actions/checkout
    std::string_view version; // v5.0.0, written as a comment; Dependabot and Renovate read and update this form
    std::string_view commit;  // full commit id of that tag
    int node = 0;             // version of its Node runtime, which a runner must have
};

std::span<const ForeignAction> foreign_actions();
// Returns "actions/checkout@<commit> # v5.0.0" for a name in the table; "" for another name, which is a bug.
std::string uses(std::string_view name);

}
