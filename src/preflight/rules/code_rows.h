#pragma once
#include "preflight/project.h"
#include "report/level.h"
#include <optional>
#include <span>
#include <string_view>

// What the rules code-* look for: each row is a line that sets a framework up.
namespace fairlead::preflight {

struct CodeRow {
    std::string_view rule;
    std::string_view files;      // ends of paths or whole names, separated by blanks
    std::string_view about;      // what the line holds
    std::string_view expression; // RE2 that the line matches; its group is the value, where one is asked
    std::string_view thing;      // "FastAPI's debug is True"
    std::string_view besides{};  // RE2 that the file matches, too; of code-cors-any: that browsers send cookies along
    std::string_view unless{};   // RE2 that the file doesn't match
    std::optional<report::Level> level{};
};
std::span<const CodeRow> code_rows();

// Returns what the rows find in the project's source; it is read once.
const std::vector<CodeFact>& facts_of(const Project& project);

}
