#pragma once
#include "base/result.h"
#include "ledger/domain.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// history.jsonl: one JSON object per finished act. Each has the SHA-256 of the line before it, so that changes are
// noticed.
namespace fairlead::ledger {

struct Link {
    std::string id;          // of the act
    std::string prev_sha256; // SHA-256 of the previous line without its newline; empty in the first
    std::string line;        // the whole record; the domain knows its further members
};

struct Chain {
    std::vector<Link> links;             // oldest first
    std::string last_sha256;             // for the next line
    bool from_middle = false;            // older records are elsewhere: the first record has a predecessor there
    std::size_t torn = 0;                // number of bytes after the last complete line; they are not a record
    std::vector<std::string> broken;     // "line 3 does not follow from line 2: ..."
    std::vector<std::string> unfollowed; // SHA-256 of the lines where `broken` begins, for a record that signs them off
    std::size_t signed_off = 0;          // number of breaks that somebody has looked into
};
// A record may sign off earlier breaks, and a break between itself and the previous line: somebody has looked into
// them. Its member of this name lists the lines of the breaks, in the form of `unfollowed`, and the previous line by
// its SHA-256. If one of those lines is changed again, that is a new break.
inline constexpr std::string_view signed_off_key = "signed_off";

// Reads the records of `text`, which follow those of `before`. Ignores an incomplete last line. Error (could_not): a
// line is not a record.
Result<Chain> parse_chain(std::string_view text, const std::string& file, const Domain& domain, Chain before = {});

// The last record, as named in state.json. If the end of a chain was cut off or its last link was changed, the chain
// itself can't show it.
struct Anchor {
    std::string id;     // of the act
    std::string sha256; // of the line; empty: an older version wrote state.json, and later records may follow
};
// Whether the next record follows the chain's end. If not, it follows the anchor, so that the break stays visible.
bool holds_to(const Chain& chain, const Anchor& anchor);
// Returns the problems of the chain's end. `unfinished`: the act that may have left an incomplete last line, or whose
// record is not in state.json yet; empty: there is no such act.
std::vector<std::string> broken_end(const Chain& chain, const Anchor& anchor, std::string_view unfinished,
                                    const Domain& domain);

std::string make_ulid(std::int64_t milliseconds, std::string_view random_hex20); // 26 characters, Crockford's base 32

}
