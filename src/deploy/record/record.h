#pragma once
#include "base/result.h"
#include "base/time.h"
#include "deploy/record/migrations.h"
#include "ledger/chain.h"
#include "ledger/steps.h"
#include <string>
#include <string_view>
#include <vector>

// The entry of history.jsonl for a finished deployment.
namespace fairlead::deploy {

inline constexpr std::string_view state_members[] = {"current", "previous", "slot", "deployment"}; // of state.json
inline constexpr ledger::Domain domain{"fairlead-deploy", "deployment", state_members};

struct Record {
    std::string deployment; // ULID
    std::string app, environment, target, strategy;
    // apply, rollback, down; contract: ran only contracting migrations that an earlier deployment left
    std::string command;
    std::string release, version, digest, commit, previous;
    std::string actor, actor_kind, run_url, host;
    std::string started, finished; // RFC 3339
    std::vector<ledger::StepTime> steps;
    bool killed = false; // the old release had to be killed
    int cut = 0;         // requests of the old release that had not ended within drain.timeout
    std::string verdict; // deployed rolled_back failed aborted contracted
    std::string reason;
    std::string canary;                  // JSON of a canary's counts; empty: there was no canary
    std::string plan;                    // hash of the approved plan; empty: no approval was needed
    std::vector<std::string> evidence;   // ids of the signed verdicts that it rests on
    std::string without_evidence;        // why it was deployed without the required evidence; empty: it had it
    Migrations migrations;               // migrations that ran
    std::vector<std::string> signed_off; // see ledger/chain.h
    std::string tool_version;
    std::string prev_sha256; // SHA-256 of the previous line without its newline; empty in the first
};

sys::Json to_json(const Record& record);

// The chain of the records of deployments.
struct History : ledger::Chain {
    std::vector<Record> records; // as many as links
};
History read_history(ledger::Chain chain);
// Like read_history(), from the file's text; also returns the errors of ledger::parse_chain.
Result<History> parse_history(std::string_view text, const std::string& file, History before = {});

// Returns when the last deployment by the plan with this hash finished; the epoch: never.
SystemTime last_by(const History& history, const std::string& plan);

// Returns the last record by which this release came, with or without evidence: no rollback asks for evidence, because
// the release was judged when it came. Null: the history doesn't contain it.
const Record* came_by(const History& history, std::string_view release);

// Returns the release to go back to. It is in `present`, was not itself rolled back from, and is the last such release
// that served before `current`; empty: none.
std::string rollback_choice(const History& history, std::string_view current, const std::vector<std::string>& present);

// Returns the releases to keep: `current`, `previous`, the newest `count` deployed releases, and the newest `count`
// deployed releases that aren't in `bad`.
std::vector<std::string> kept_releases(const History& history, std::string_view current, std::string_view previous,
                                       std::size_t count, const std::vector<std::string>& bad = {});

}
