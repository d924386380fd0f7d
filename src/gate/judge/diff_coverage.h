#pragma once
#include "gate/change.h"
#include "gate/coverage.h"
#include "gate/policy.h"

// Measures how many of the lines that a change adds are covered.
namespace fairlead::gate {

struct DiffCoverage {
    struct File {
        std::string path;
        Count lines; // of the added lines
        // Ranges of the reports' lines. An unmeasured line belongs to the range around it.
        std::vector<LineRange> missed, covered;
        bool measured = true; // false: no report measures the file, and its lines count as missed
    };
    std::string since;
    Count lines;
    std::vector<File> files;               // files with lines that count, by path
    std::vector<File> worst_first() const; // the same, sorted by the number of uncovered lines
};

// A file counts without being measured if a report measures files of its kind in its folder or a folder above, unless
// it is a test. The policy says whether such files count (`unmeasured`), and which files don't count at all
// (`exclude`).
DiffCoverage cover(const ChangedLines& changed, const CoverageMap& coverage, const Policy& policy);

}
