#pragma once
#include <span>
#include <string>
#include <string_view>

// Every action of others in the workflows that we write, show and run ourselves: by its commit, which nobody can move.
// `script/foreign-actions` compares the rows with the tags upstream, as every week.
namespace fairlead {

struct ForeignAction {
    std::string_view name;    // actions/checkout
    std::string_view version; // v5.0.0, as the comment says; Dependabot and Renovate read and write that form
    std::string_view commit;  // full, of that tag
    int node = 0;             // of its runtime: a runner must know it
};

std::span<const ForeignAction> foreign_actions();
// "actions/checkout@<commit> # v5.0.0", for a name of the table; any other is an error of ours: "".
std::string uses(std::string_view name);

}
