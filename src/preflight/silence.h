#pragma once
#include "base/suppress.h"
#include "preflight/judge.h"
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Comments in the judged files that silence a finding: ours (base/suppress.h), and those of the peers, so that a team
// can come over without edits.
namespace fairlead::preflight {

// A peer's comment, as lines of the file that it covers: hadolint ignore=DL3008 (the next instruction), global ignore=
// (all), dclint disable[-line|-next-line|-file], dotenv-linter:off/on, checkov:skip=ID:reason, BuildKit's check=skip=.
struct ForeignPragma {
    int line = 0;                   // where it stands
    int first = 0, last = 0;        // what it covers
    std::vector<std::string> rules; // the peer's ids; empty: any
    std::string_view peer;          // "hadolint"
    bool used = false;
};
std::vector<ForeignPragma> find_pragmas(std::string_view text);

// A comment that silences, ours or a peer's.
struct SilencingComment {
    std::string file;
    int line = 0;
    std::string text;               // the line that it stands in
    std::vector<std::string> rules; // as it names them
    std::string_view peer;          // empty: ours
    bool whole_file = false;
};

struct Silencing {
    std::string today; // YYYY-MM-DD
    std::function<std::optional<std::string>(const std::string& path)> read;
    // What the base of a foreign change has of a file; nothing: the change is our own, and every comment counts.
    std::function<const Stood*(const std::string& path)> base = [](const std::string&) { return nullptr; };
    std::function<void(const SilencingComment& comment)> seen = [](const SilencingComment&) {}; // each that counts
};

// Marks what is silenced as suppressed, in place; appends suppress-no-reason and suppress-unused.
struct Settled {
    Judged judged;
    bool suppressed = false;
    std::string why = {}; // of a suppressed one: the comment's reason and its line
};
std::vector<Settled> settle(std::vector<Judged> found, const Project& project, const Silencing& silencing,
                            const Asked& asked);

}
