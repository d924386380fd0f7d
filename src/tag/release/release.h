#pragma once
#include "report/report.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "tag/source/gather.h"
#include "tag/version/next_version.h"
#include <string>

// The commands next-version, changelog and release: from their inputs to a report.
namespace fairlead::tag {

struct ReleaseWanted {
    Wanted wanted;
    NextWanted next;
    std::vector<Component> components; // next-version --all: those of fairlead.yml; empty: it is of one
    std::string from, to;              // of the changelog: tags or commits; empty: the last version, the commit at hand
    bool push = false, sign = false;   // of the release
    std::string proposal;              // "pull request #7", where that is checked out; empty: it isn't
};

struct Shown {
    std::string format;
    bool explain = false;
};

// `command`: one of them. Errors: also usage, for a format that only holds tags; no, where a release may not be made
// of what is checked out.
Result<report::Report> report_release(const std::string& command, const ReleaseWanted& wanted,
                                      const sys::Environment& variables, sys::Clock& clock, const Shown& shown);

}
