#pragma once
#include "base/result.h"
#include "ledger/domain.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// history.jsonl: one JSON object per finished act, each with the SHA-256 of the line before it, so that edits show.
namespace fairlead::ledger {

struct Link {
    std::string id;          // of the act
    std::string prev_sha256; // of the line before, without its newline; empty in the first
    std::string line;        // the whole record; what else it holds, the domain knows
};

struct Chain {
    std::vector<Link> links;         // oldest first
    std::string last_sha256;         // for the next line
    bool from_middle = false;        // older records are elsewhere: the first one has one before it
    std::size_t torn = 0;            // bytes after the last line's end: no record
    std::vector<std::string> broken; // "line 3 does not follow from line 2: ..."
    std::vector<std::string>
        unfollowed;             // SHA-256 of the lines that `broken` begins with, for a record that signs them off
    std::size_t signed_off = 0; // breaks that somebody has looked into
};
// A record may sign off breaks before it, and one between itself and the line before it: somebody looked into them. Its
// member of that name lists the breaks' lines as `unfollowed` has them, and the line before it by its SHA-256; another
// change of one of those lines is a break again.
inline constexpr std::string_view signed_off_key = "signed_off";

// The records of `text` after those `before`; a torn last line is none. Error (could_not): a line that is no record.
Result<Chain> parse_chain(std::string_view text, const std::string& file, const Domain& domain, Chain before = {});

// The last record as state.json names it. What was cut off a chain's end, or changed in its last link, shows nowhere in
// the chain itself.
struct Anchor {
    std::string id;     // of the act
    std::string sha256; // of the line; empty: an older version wrote state.json, and then others may come after it
};
// Whether the next record follows from the chain's end; else it follows from the anchor, so that the break stays seen.
bool holds_to(const Chain& chain, const Anchor& anchor);
// What is wrong with the end. `unfinished`: the act that may have torn the last line, or whose record is not named yet;
// empty: none.
std::vector<std::string> broken_end(const Chain& chain, const Anchor& anchor, std::string_view unfinished,
                                    const Domain& domain);

std::string make_ulid(std::int64_t milliseconds, std::string_view random_hex20); // 26 characters, Crockford's base 32

}
