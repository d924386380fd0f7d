#pragma once
#include "preflight/rule.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::preflight {

// What becomes of a file.
struct Change {
    std::string file;
    std::string before, after; // equal where only the mode changes
    bool is_new = false;
    std::optional<unsigned> mode;
};
using Read = std::function<std::optional<std::string>(const std::string& path)>;

// By file. Edits beyond the end of a file's text are left out: it is not what was judged any more.
std::vector<Change> changes_of(std::vector<Edit> edits, const Read& read);

// As diff -u shows them.
std::string show(const std::vector<Change>& changes);

}
