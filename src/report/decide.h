#pragma once
#include "report/report.h"
#include <string>
#include <string_view>
#include <vector>

// Makes the verdict at the end, in the same way for every tool: finds the waived findings, and decides by the rest.
namespace fairlead::report {

// A finding that is allowed until a date (conventions.md, "Known findings"); src/config/waivers.cpp reads it.
struct Waiver {
    std::string id, rule; // "W1"; "gate/tests-failed"; rules of scan are written "scan/ID"
    // a glob of files; of what the finding is about, where * is any text; its fingerprint; empty: any
    std::string path, about, fingerprint;
    std::string owner, reason;
    std::string expires; // "2026-03-31", the last day on which it counts (UTC)
    Place place;         // in fairlead.yml
};

struct Waivers {
    std::vector<Waiver> all;
    std::string findings_folder; // absolute: the repository's root, where the paths of findings start
    std::string globs_folder;    // absolute: fairlead.yml's folder, where the globs of waivers start
    std::string today;           // "2026-03-31" (UTC)
};

// First applies Looked. Gives each finding its fingerprint, and the findings with a waiver the state waived. If the
// verdict rests on findings, it changes from fail to pass if no new finding of severity error is left. Then writes the
// closing line and the outputs with the verdict. Expired waivers become findings of severity warning. Unused waivers of
// this tool do so, too, if everything was looked at.
void decide(Report& report, const Waivers& waivers);

}
