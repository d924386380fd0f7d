#pragma once
#include "base/result.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// history.jsonl: one line per finished deployment, each with the SHA-256 of the line before it, so that edits show.
namespace fairlead::deploy {

struct StepTime {
    std::string name;
    std::int64_t milliseconds = 0;
};

struct Record {
    std::string deployment; // ULID
    std::string app, environment, target, strategy;
    std::string command; // apply or rollback
    std::string release, version, digest, commit, previous;
    std::string actor, actor_kind, run_url, host;
    std::string started, finished; // RFC 3339
    std::vector<StepTime> steps;
    bool killed = false; // the old release had to be killed
    int cut = 0;         // requests of the old release that had not ended within drain.timeout
    std::string verdict; // deployed rolled_back failed aborted
    std::string reason;
    std::string tool_version;
    std::string prev_sha256; // of the line before, without its newline; empty in the first
};

std::string to_json(const Record& record);

struct History {
    std::vector<Record> records;     // oldest first
    std::string last_sha256;         // for the next line
    bool from_middle = false;        // older records are elsewhere: the first one has one before it
    std::size_t torn = 0;            // bytes after the last line's end: no record
    std::vector<std::string> broken; // "line 3 does not follow from line 2: ..."
};
// The records of `text` after those `before`; a torn last line is none. Error (could_not): a line that is no record.
Result<History> parse_history(std::string_view text, const std::string& file, History before = {});

// The last record as state.json names it. What was cut off a chain's end, or changed in its last link, shows nowhere in
// the chain itself.
struct Anchor {
    std::string deployment;
    std::string sha256; // of the line; empty: an older version wrote state.json, and then others may come after it
};
// Whether the next record follows from the chain's end; else it follows from the anchor, so that the break stays seen.
bool holds_to(const History& history, const Anchor& anchor);
// What is wrong with the end. `unfinished`: the deployment that may have torn the last line, or whose record is not
// named yet; empty: none.
std::vector<std::string> broken_end(const History& history, const Anchor& anchor, std::string_view unfinished);

// Release to go back to: the one that served last before `current` came, was not itself rolled back from and is in
// `present`; empty: none.
std::string rollback_choice(const History& history, std::string_view current, const std::vector<std::string>& present);

// Releases to keep: `current`, `previous` and the newest `count` that were deployed.
std::vector<std::string> kept_releases(const History& history, std::string_view current, std::string_view previous,
                                       std::size_t count);

std::string make_ulid(std::int64_t milliseconds, std::string_view random_hex20); // 26 characters, Crockford's base 32

}
