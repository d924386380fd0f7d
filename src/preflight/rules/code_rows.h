#pragma once
#include "preflight/project.h"
#include "report/level.h"
#include <optional>
#include <span>
#include <string_view>

// The patterns of the rules code-*. Each row describes a line that configures a framework.
namespace fairlead::preflight {

struct CodeRow {
    std::string_view rule;
    std::string_view files;      // ends of paths or whole names, separated by blanks
    std::string_view about;      // a word that the line contains
    std::string_view expression; // RE2 for the line; its first group captures the value, if the rule uses it
    std::string_view thing;      // "FastAPI's debug is True"
    // RE2 that the file must match as well; for code-cors-any: the setting that allows cookies
    std::string_view besides{};
    std::string_view unless{}; // RE2 that the file must not match
    std::optional<report::Level> level{};
};
std::span<const CodeRow> code_rows();

// Returns the facts that the rows find in the project's source, which is read once.
const std::vector<CodeFact>& facts_of(const Project& project);

}
