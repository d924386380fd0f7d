#pragma once
#include "base/disarm.h"
#include "base/result.h"
#include <string>
#include <string_view>

// The GitHub runner's protocol (docs.github.com, "Workflow commands"; actions/runner src/Runner.Worker).
namespace fairlead::report {

using fairlead::disarm;                             // defined in base, because the log needs it, too
std::string escape_data(std::string_view text);     // escapes % CR LF
std::string escape_property(std::string_view text); // also escapes : ,

std::string annotation_of(const Error& error, std::string_view title); // `::error ...` in one line; secrets are masked

// Returns one pair for GITHUB_OUTPUT: a heredoc with a delimiter of 128 random bits. Error (usage): the name is not
// [A-Za-z_][A-Za-z0-9_-]*.
Result<std::string> output_pair(std::string_view name, std::string_view value);

// Returns text for a Markdown table cell or paragraph. The text can't mention people, break the table or become HTML.
std::string escape_markdown(std::string_view text);

}
