#pragma once
#include "report/report.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "tag/gather.h"
#include "tag/next_version.h"
#include <string>

// The commands next-version and changelog: from their inputs to a report.
namespace fairlead::tag {

struct ReleaseWanted {
    Wanted wanted;
    NextWanted next;
    std::string from, to; // of the changelog: tags or commits; empty: the last version, the commit at hand
};

// Error (usage): bake and docker-args hold tags, which these commands don't give.
Result<void> check_release_format(std::string_view format, std::string_view command);

Result<report::Report> report_next_version(const ReleaseWanted& wanted, const sys::Environment& variables,
                                           sys::Clock& clock, bool explain);
Result<report::Report> report_changelog(const ReleaseWanted& wanted, const sys::Environment& variables,
                                        sys::Clock& clock);

}
