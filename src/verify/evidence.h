#pragma once
#include "base/result.h"
#include "base/time.h"
#include "config/config.h"
#include "report/report.h"
#include "sys/clock.h"
#include <string>
#include <vector>

// `fairlead evidence`: what the folder of signed verdicts holds, and whether it has what an environment requires.
namespace fairlead::verify {

struct EvidenceRequest {
    std::vector<std::string> words; // list; show ID; verify; prune; empty: list
    std::string environment;        // for verify
    std::string commit, digest;     // for verify; empty: the commit that is checked out; any release
    Milliseconds older_than{0};     // for prune
    bool dry_run = false;
};
// list and show tell what a verdict says and whose signature counts; they judge nothing. verify: the verdict is fail if
// a required verdict is missing; it is what fairlead-deploy answers for this commit and digest. prune removes what was
// finished before, but nothing that can't be read. Error (usage): other words; verify without an environment that
// requires something. Error (no): the folder can't be read; there is no such ID.
Result<report::Report> evidence(const EvidenceRequest& request, const config::Config& config, sys::Clock& clock);

}
