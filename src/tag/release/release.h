#pragma once
#include "report/report.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "tag/source/gather.h"
#include "tag/version/next_version.h"
#include <string>

// Runs the commands next-version, changelog and release, from their inputs to a report.
namespace fairlead::tag {

struct ReleaseWanted {
    Wanted wanted;
    NextWanted next;
    // for next-version --all: the components of fairlead.yml; empty: one version only
    std::vector<Component> components;
    std::string from, to; // range of the changelog: tags or commits; empty: the last version, the commit at hand
    bool push = false, sign = false; // for release
    std::string proposal;            // "pull request #7" if a pull request is checked out; else empty
};

struct Shown {
    std::string format;
    bool explain = false;
};

// `command`: next-version, changelog or release. Error (usage) also: a format that only prints tags. Error (no): the
// checkout must not be released.
Result<report::Report> report_release(const std::string& command, const ReleaseWanted& wanted,
                                      const sys::Environment& variables, sys::Clock& clock, const Shown& shown);

}
