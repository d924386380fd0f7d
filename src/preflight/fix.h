#pragma once
#include "preflight/rule.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::preflight {

// The change of one file.
struct Change {
    std::string file;
    std::string before, after; // equal if only the mode changes
    bool is_new = false;
    std::optional<unsigned> mode;
};
using Read = std::function<std::optional<std::string>(const std::string& path)>;

// Returns the changes by file. Edits beyond the end of a file are left out, because the file was changed after it was
// judged.
std::vector<Change> changes_of(std::vector<Edit> edits, const Read& read);

// Shows the changes like diff -u.
std::string show(const std::vector<Change>& changes);

}
