#pragma once
#include "preflight/kinds.h"
#include <optional>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

// Returns for each line, from 0, whether it begins inside a text in which '#' doesn't begin a comment: a block or
// quoted text of YAML, a string of nginx, a value of an env file, a heredoc of COPY, or a setting of a unit. In a
// workflow's `run: |`, '#' does begin a comment.
std::vector<bool> lines_of_texts(std::optional<FileKind> kind, std::string_view text);

// Returns whether the word at `at` is in a comment: the comment mark is outside of quotes, at the line's start or after
// a blank. In a Dockerfile and a unit, only whole lines are comments.
bool stands_in_comment(std::optional<FileKind> kind, std::string_view line, std::size_t at);

}
