#pragma once
#include "base/result.h"
#include <string>
#include <vector>

namespace fairlead::tag {

// What has versions of its own: a part of the repository, or all of it.
struct Component {
    std::string prefix = "v";                  // of its tags: v, api/v, api-v, api@
    std::vector<std::string> include, exclude; // globs of the paths that belong to it; none: everything
    std::vector<std::string> others;           // include globs of the other components: a longer match is theirs
    std::string folder;                        // absolute, where globs start; empty: at the repository's root
    std::string name;                          // of fairlead.yml; empty: the whole, or given by its prefix alone
    bool infers_prefix = false;                // nobody gave it: the tags tell, and it is for a line without any
    std::vector<std::string> depends;          // names of others of the file
    std::vector<std::string> siblings;         // prefixes of the other components of the file
    bool by_name_only = false;                 // no file lists it: it is there where tags have its name
    bool was_asked = false;                    // its prefix was given for this run, so it may be a slip
};

// Error (usage): no tag can begin so, as of git-check-ref-format(1), nor with a dash.
Result<void> check_prefix(std::string_view prefix);
// Error (usage): as check_glob() of each, or it leads out of the tree, `depth` folders below whose root globs start.
Result<void> check_paths(const std::vector<std::string>& globs, std::size_t depth);

bool belongs(const Component& component, const std::string& path);
// What every path begins with that can belong to it, as seen from the root; `folder`: from there to where globs start.
std::vector<std::string> beginnings(const Component& component, const std::string& folder);

}
