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
    std::string description;                  // of a header that is not conventional: the whole
    bool breaking = false;                    // `!`, or a footer BREAKING CHANGE
    std::string breaking_note;                // text of that footer
    std::optional<std::string> release_as;    // footer `Release-As: 1.2.3`
    std::optional<std::string> release_level; // footer `Release-Level: minor`
    std::vector<std::string> reverts;         // commit ids (7 to 40 hex digits) of `This reverts commit …`
};

CommitMessage parse_message(std::string_view message);

// Whether it is one for its own sake: type revert, or a header such as git's `Revert "…"`. Others may hold the words of
// a revert, as a squash does.
bool is_revert(const CommitMessage& message);

// "Release 1.2.3", "Bump version to 2.0", "Update changelog": all it says is that there is a release.
bool names_release(std::string_view description);

}
