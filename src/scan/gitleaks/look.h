#pragma once
#include "scan/gitleaks/baseline.h"
#include "scan/gitleaks/detector.h"
#include "scan/gitleaks/log_options.h"
#include "scan/ignore_list.h"
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fairlead::scan::gitleaks {

// The target of one of gitleaks' commands.
struct Target {
    enum class What { folder, history, staged, unstaged, input };
    What what = What::folder;
    std::string path = ".";           // a folder or file, or the repository
    LogOptions log;                   // of `history`
    std::string input;                // of `input`
    bool follow_links = false;        // of `folder`: links to files
    std::uint64_t most_megabytes = 0; // larger files of a folder are left out, in 1,000,000 bytes; 0: none is
    int archive_depth = 0;            // how deep archives are unpacked; 0: they are skipped
    std::set<std::string> left_out;   // paths as they are shown: the configuration and the baseline
};

// What is not reported, and what is hidden.
struct Known {
    IgnoreList ignored;
    std::optional<Baseline> baseline;
    unsigned redact = 0; // percent
};

struct Looked {
    std::vector<Finding> findings; // by file, line, column and rule
    std::uint64_t commits = 0, files = 0, bytes = 0;
    std::map<std::string, std::set<std::string>> skipped; // reason -> paths
};

// Error (could_not): a file, a commit or an object can't be read. Error (usage): the path is not there.
Result<Looked> look(const Target& target, Detector& detector, Known& known);

// Cuts a file into the pieces that gitleaks searches at once: 100,000 bytes, and up to 25,000 more until two newlines
// follow each other with only blanks between them. After an extended piece, the rest of its buffer is a separate piece.
std::vector<std::string_view> pieces_of(std::string_view file);

}
