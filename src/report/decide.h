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
    // path: a glob of files; about: a glob of the thing that the finding is about (* is any text); fingerprint: the
    // finding's. Empty: any
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

// First applies the report's Looked (report/report.h): a report without evidence fails. Gives each finding its
// fingerprint, and the findings with a waiver the state waived. Joins those of one secret in several places.
// If the verdict rests on findings, it changes from fail to pass if no new finding of severity error is left. Then
// writes the closing line and the outputs with the verdict. Last adds a finding of severity warning for each waiver of
// this tool that would cover a finding, but has expired or has no effect here. If everything was looked at, also adds
// one for each waiver that covers no finding.
void decide(Report& report, const Waivers& waivers);

}
