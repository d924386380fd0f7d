#pragma once
#include "base/suppress.h"
#include "preflight/judge.h"
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Applies comments in the judged files that silence a finding: ours (base/suppress.h), and those of other tools
// (peers), so that a team can switch to this tool without edits.
namespace fairlead::preflight {

// Another tool's comment, with the lines that it covers: hadolint ignore=DL3008 (the next instruction), global ignore=
// (the whole file), dclint disable[-line|-next-line|-file], dotenv-linter:off/on, checkov:skip=ID:reason, BuildKit's
// check=skip=.
struct ForeignPragma {
    int line = 0;                   // line of the comment
    int first = 0, last = 0;        // the lines that it covers
    std::vector<std::string> rules; // ids of the other tool; empty: any
    std::string_view peer;          // "hadolint"
    bool used = false;
};
std::vector<ForeignPragma> find_pragmas(std::string_view text);

// A comment that silences findings, ours or another tool's.
struct SilencingComment {
    std::string file;
    int line = 0;
    std::string text;               // the comment's line
    std::vector<std::string> rules; // as written in the comment
    std::string_view peer;          // empty: our own comment
    bool whole_file = false;
};

struct Silencing {
    std::string today; // YYYY-MM-DD
    std::function<std::optional<std::string>(const std::string& path)> read;
    // Returns a file's content at the base of a foreign change (config/change.h); null: the change is our own, and
    // every comment counts.
    std::function<const Stood*(const std::string& path)> base = [](const std::string&) { return nullptr; };
    // called for each comment that counts
    std::function<void(const SilencingComment& comment)> seen = [](const SilencingComment&) {};
};

// Marks silenced findings as suppressed, and appends suppress-no-reason and suppress-unused.
struct Settled {
    Judged judged;
    bool suppressed = false;
    std::string why = {}; // if suppressed: the comment's reason and line
};
std::vector<Settled> settle(std::vector<Judged> found, const Project& project, const Silencing& silencing,
                            const Asked& asked);

}
