#pragma once
#include "report/report.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "tag/source/gather.h"
#include "tag/version/next_version.h"
#include <string>

// The commands next-version and changelog: from their inputs to a report.
namespace fairlead::tag {

struct ReleaseWanted {
    Wanted wanted;
    NextWanted next;
    std::string from, to; // of the changelog: tags or commits; empty: the last version, the commit at hand
};

struct Shown {
    std::string format;
    bool explain = false;
};

// `command`: next-version or changelog. Errors: also usage, for a format that only holds tags.
Result<report::Report> report_release(const std::string& command, const ReleaseWanted& wanted,
                                      const sys::Environment& variables, sys::Clock& clock, const Shown& shown);

}
