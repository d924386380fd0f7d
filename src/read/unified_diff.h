#pragma once
#include <string>
#include <string_view>
#include <vector>

// Reads unified diffs as `diff -u` and git write them (git-diff(1), "Generating patch text with -p"; GNU diffutils
// manual, "Detailed Description of Unified Format").
namespace fairlead::read {

// Lines of a text that may contain diffs.
struct DiffPiece {
    std::string path;                    // of the new file; empty: the text is outside of hunks
    int first_line = 1;                  // in the new file, or in the text if `path` is empty
    std::string text;                    // added lines without their '+', or lines of the text; each with its end
    std::string before = {}, after = {}; // up to 64 lines of the hunk around `text`, in the new file
};

// Returns in order the lines that hunks add, and all lines outside of hunks, but not a hunk's removed and context
// lines. An invalid hunk, and everything after it, counts as text. A hunk is invalid if its lines don't fit its
// numbers, it changes nothing, it lies before the previous hunk, or it has old lines of a new file. A combined diff
// ("@@@") is text, too.
std::vector<DiffPiece> pieces_of_diff(std::string_view text);

}
