#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// A tool's verdict as a statement: the predicate https://fairlead.dev/verdict/v1 (docs/evidence.md,
// schema/verdict.schema.json). It speaks of a commit, or of the release that was deployed; never of a path of the
// machine, or of what was found.
namespace fairlead::attest {

struct Judged {
    std::string tool, command; // "scan", "range"; the command is empty if the tool has none
    std::string tool_version;
    std::string app, environment; // environment: empty if there was none
    std::string verdict;          // "pass", "fail"
    std::map<std::string, std::uint64_t> counts;
    std::string commit;               // of git; empty: the work tree had none
    bool dirty = false;               // files that git tracks had changed since the commit
    std::string digest;               // SHA-256 of the release or image; empty: unknown
    std::string policy;               // attest/policy.h
    std::vector<std::string> given;   // inputs that a flag or a variable gave, so that more than fairlead.yml decided
    std::vector<std::string> waivers; // ids of the waivers that were used
    std::string serves;               // for smoke: the version that answered; may be empty
    std::string workflow, run, event; // of the CI; may be empty
    std::string actor;                // "ci", "person"
    SystemTime started{}, finished{};
};

std::string write_judged(const Judged& judged); // the statement, as bytes of JSON
// Error (no), with `name`: it isn't such a statement; a member is missing, of another type, too long or not printable;
// a subject is there twice, or is about something else. Unknown members are ignored, as in-toto asks.
Result<Judged> read_judged(std::string_view payload, const std::string& name);

}
