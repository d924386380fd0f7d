#pragma once
#include "report/report.h"
#include <string>
#include <string_view>
#include <vector>

// The verdict comes last, in one place for every tool: which findings are waived, and what that leaves.
namespace fairlead::report {

// A finding that may stay until a day (conventions.md, "Known findings"); read by src/config/waivers.cpp.
struct Waiver {
    std::string id, rule;          // "W1"; "gate/tests-failed", scan's written "scan/ID"
    std::string path, fingerprint; // a glob; one finding; empty: any
    std::string owner, reason;
    std::string expires; // "2026-03-31", the last day on which it counts (UTC)
    Place place;         // in fairlead.yml
};

struct Waivers {
    std::vector<Waiver> all;
    std::string findings_folder; // absolute: where the paths of findings start, the repository's root
    std::string globs_folder;    // absolute: where the globs of waivers start, fairlead.yml's folder
    std::string today;           // "2026-03-31" (UTC)
};

// What the look was worth comes first (Looked). Gives each finding its fingerprint and the matching ones the state
// waived. A verdict that rests on findings falls from fail to pass when no new one of severity error is left. Then the
// closing line and the outputs that tell of the verdict are written. Expired waivers and, where all there is was looked
// at, unused ones of this tool become findings of severity warning.
void decide(Report& report, const Waivers& waivers);

}
