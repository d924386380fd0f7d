#pragma once
#include "preflight/kinds.h"
#include <optional>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

// By line, from 0: whether it is, or begins within, a text of the file's language, where '#' begins no comment: a block
// or a quoted text of YAML, a string of nginx, a value of an env file, what COPY's heredoc copies, a unit's setting.
// A workflow's `run: |` is a script, and has comments.
std::vector<bool> lines_of_texts(std::optional<FileKind> kind, std::string_view text);

// Whether the word at `at` of a line stands behind what begins a comment: in no quotes, at the line's start or behind a
// blank. A Dockerfile's comments, and a unit's, are whole lines.
bool stands_in_comment(std::optional<FileKind> kind, std::string_view line, std::size_t at);

}
