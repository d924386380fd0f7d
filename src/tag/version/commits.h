#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Conventional Commits 1.0.0 (conventionalcommits.org).
namespace fairlead::tag {

struct CommitMessage {
    bool conventional = false; // the header is `type[(scope)][!]: description`
    std::string type;          // lower case
    std::string scope;
    std::string description;                  // for other headers: the whole header
    bool breaking = false;                    // `!`, or a footer BREAKING CHANGE
    std::string breaking_note;                // text of that footer
    std::optional<std::string> release_as;    // footer `Release-As: 1.2.3`
    std::optional<std::string> release_level; // footer `Release-Level: minor`
    std::vector<std::string> reverts;         // commit ids (7 to 40 hex digits) of `This reverts commit …`
};

CommitMessage parse_message(std::string_view message);

// Returns whether the commit's purpose is a revert: its type is revert, or its header is like git's `Revert "…"`. Other
// commits, such as a squash, may contain the words of a revert.
bool is_revert(const CommitMessage& message);

// Returns whether the text only names a release: "Release 1.2.3", "Bump version to 2.0", "Update changelog".
bool names_release(std::string_view description);

}
