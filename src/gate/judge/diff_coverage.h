#pragma once
#include "gate/change.h"
#include "gate/coverage.h"
#include "gate/policy.h"

// Measures how many of the lines that a change adds are covered.
namespace fairlead::gate {

struct DiffCoverage {
    struct File {
        std::string path;
        Count lines; // of those added
        // Ranges of the reports' lines. A line that nobody measures belongs to the range around it.
        std::vector<LineRange> missed, covered;
        bool measured = true; // false: no report measures the file, and its lines count as missed
    };
    std::string since;
    Count lines;
    std::vector<File> files;               // those with lines that count, by path
    std::vector<File> worst_first() const; // the same, by their number of lines that nothing covers
};

// A file counts without being measured if a report measures files of its kind in its folder or a folder above, unless
// it is a test. The policy says whether such files count (`unmeasured`), and which files don't count at all
// (`exclude`).
DiffCoverage cover(const ChangedLines& changed, const CoverageMap& coverage, const Policy& policy);

}
