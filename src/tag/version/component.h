#pragma once
#include "base/result.h"
#include <string>
#include <vector>

namespace fairlead::tag {

// A part of the repository with its own versions, or the whole repository.
struct Component {
    std::string prefix = "v";                  // prefix of its tags: v, api/v, api-v, api@
    std::vector<std::string> include, exclude; // globs of the paths that belong to it; empty: everything
    std::vector<std::string> others;           // include globs of the other components; the longer match wins
    std::string folder;                        // absolute folder where globs start; empty: the repository's root
    std::string name; // its name in fairlead.yml; empty: the whole repository, or only a prefix is given
    // no prefix was given, so it is read from the tags; `prefix` is used if there are no tags
    bool infers_prefix = false;
    std::vector<std::string> depends;  // names of other components in the file
    std::vector<std::string> siblings; // prefixes of the other components in the file
    bool by_name_only = false;         // not in the file: it exists if tags have its name
    bool was_asked = false;            // its prefix was given for this run, and may be a typing error
};

// Error (usage): a tag can't begin with this prefix by git-check-ref-format(1), or the prefix begins with a dash.
Result<void> check_prefix(std::string_view prefix);
// Error (usage): as check_glob() for each glob, or a glob leads out of the tree. The globs start `depth` folders below
// its root.
Result<void> check_paths(const std::vector<std::string>& globs, std::size_t depth);

bool belongs(const Component& component, const std::string& path);
// Returns the beginnings of all paths that can belong to the component, from the root; `folder`: path from the root to
// where globs start.
std::vector<std::string> beginnings(const Component& component, const std::string& folder);

}
