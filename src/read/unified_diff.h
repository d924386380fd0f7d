#pragma once
#include <string>
#include <string_view>
#include <vector>

// Reads unified diffs as `diff -u` and git write them (git-diff(1), "Generating patch text with -p"; GNU diffutils
// manual, "Detailed Description of Unified Format").
namespace fairlead::read {

// Lines of a text that may hold diffs.
struct DiffPiece {
    std::string path;                    // of the new file; empty: text that is in no hunk
    int first_line = 1;                  // in the new file, or in the text if `path` is empty
    std::string text;                    // added lines without their '+', or lines of the text; each with its end
    std::string before = {}, after = {}; // up to 64 lines of the hunk around them, in the new file
};

// Returns the lines that hunks add, and all lines outside of hunks, in their order; lines that a hunk removes or only
// shows are in no piece. Text is also a hunk that no diff holds (its lines don't fit its numbers, it changes nothing,
// it stands before the one above it, it has old lines of a new file) with all behind it, and a combined diff ("@@@").
std::vector<DiffPiece> pieces_of_diff(std::string_view text);

}
