#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/data/json_fwd.h"
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a tool found and decided. Writers (report/formats.h) turn it into bytes; cli::run prints them.
namespace fairlead::report {

enum class Severity { info, warning, error };
std::string_view name_of(Severity severity); // "info"

// What a finding is of. Each domain has a table of them (gate/rules.cpp): a new rule is one row there.
struct Rule {
    std::string_view id;                 // as findings carry it: "gate/tests-failed"; of scan "github-pat"
    std::string_view title;              // "Too many tests failed"
    Severity severity = Severity::error; // unless a finding says otherwise
    std::string_view page = {};          // of docs/; empty: TOOL.md. Its anchor there is the id with '-' for '/'
};

enum class State { fresh, known, waived, suppressed }; // only fresh ("new") decides
std::string_view name_of(State state);

struct Finding {
    struct Place {
        std::string file; // empty: the finding's own
        int line = 0, column = 0;
        std::string subject; // what this place's message names and the finding's doesn't: "web"; may be empty
        std::string message;
    };
    std::string rule; // "scan/aws-key", "gate/tests-failed"
    Severity severity = Severity::error;
    std::string file;                                       // from the repository root, '/'-separated; empty: no place
    int line = 0, column = 0, end_line = 0, end_column = 0; // from 1, ends included, code points, 0 unknown
    std::string message;
    std::string fix; // "safe", "unsafe" or empty
    std::vector<std::string> refs;
    std::string fingerprint; // "v1:..."
    State state = State::fresh;
    bool sums_up = false;         // the others of its rule: waived with the last of them that is over the limit
    std::uint64_t limit = 0;      // of one that sums up: how many of the others may stand
    std::uint64_t stands_for = 1; // "and 12 more"
    std::string waiver;           // id of the one that covers it, with State::waived
    std::string cause;            // of equal ones there is one line; where none is an error the first line counts
    std::vector<Place> also;      // further places of the same cause
    int weight = 0;               // among those of its severity the heavier is told first
    std::string waived;           // "waived by W1 until 2026-03-31 (ada: an example)"
};

// `v1:` + 32 hex digits of SHA-256 over rule, path, line with blanks collapsed, occurrence (conventions.md).
std::string fingerprint(std::string_view rule, std::string_view path, std::string_view line, int occurrence);
bool is_silenced(const Finding& finding);           // TOOL/silenced: what the change makes milder
bool is_late(const Finding& finding);               // waived, of a waiver, or silenced: no tool knows of it
bool decides(const Finding& finding);               // a new one of severity error
void sort_findings(std::vector<Finding>& findings); // by file, line, column, rule

struct Skipped {
    std::string rule;
    std::string reason;
};

enum class Verdict { pass, fail, error };
std::string_view name_of(Verdict verdict);

// Which word of the verdict stands before the facts.
enum class Says {
    facts,   // none: "3 rules"
    verdict, // "passed: 12 tests passed"; behind the summary's heading, too
    answer,  // "yes: nothing is missing"
};
std::string_view word_of(Verdict verdict, Says says); // "could not decide"; empty with Says::facts

// One test case for the junit writer: smoke's checks, gate's rules. Empty: one is made of each finding.
struct Case {
    std::string suite, name;
    Milliseconds time{0};
    std::string failure; // message, empty when it passed
    std::string skipped; // reason, empty when it ran
    std::string output;
    std::string finding; // rule or fingerprint of the findings that make it fail; empty: they can't excuse it
};

constexpr std::string_view nothing_seen = "nothing was looked at";

// What a verdict rests on. decide() makes of it what holds in every tool: a look at nothing is not a yes, and what
// nobody could read or recognise is reported, and speaks for nothing.
struct Looked {
    bool at_all = false; // of what there is to look at; a waiver that meets nothing is unused only then
    std::optional<std::uint64_t> count = {}; // of what was read and recognised; nothing: this run judges nothing
    std::string nothing = {};                // of a count of 0: why, and the way out; empty: the findings say it
    bool may_be_nothing = false;             // --allow-empty
    // What is there and was not looked at: where, why, and the way out. An error is a no by itself, a warning lets
    // other evidence be a yes. Without a rule it is TOOL/unread.
    std::vector<Finding> unread = {};

    bool refuses() const { return count == 0 && !may_be_nothing; } // there is no evidence, whatever is waived
};

// The writer of the job's summary makes markdown of these, and escapes them there.
struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::string strong = {}; // cells of this text stand out
};

struct Summary {
    std::string heading; // "fairlead run"
    std::vector<std::string> points;
    std::vector<Table> tables;
    std::string next; // the command to go on with
    bool is_empty() const { return heading.empty() && points.empty() && tables.empty() && next.empty(); }
};

// A further key of the JSON.
struct Member {
    std::string name;
    std::shared_ptr<const sys::Json> value;
};
Member member(std::string name, sys::Json value);

// What a tool found out. Whether that is a yes, once all is waived that may be, says decide() (report/decide.h).
struct Report {
    std::string tool; // "gate"
    Verdict verdict = Verdict::pass;
    std::string environment;
    std::vector<Finding> findings;
    std::string findings_key = "findings"; // their name in the JSON; gate's `findings` are counts
    std::vector<Skipped> skipped;
    Milliseconds total{0};
    std::optional<Error> error; // with Verdict::error; without a message: the closing line is its message
    bool is_done = false;       // all of it, for good: a signal that comes now takes nothing back
    std::string stays_no;       // why this no is a no whatever is waived ("no check passed"); empty: findings decide
    Looked looked;
    std::span<const Rule> rules; // of the tool; writers add those of every tool (report/rules.h)
    std::string counting_output; // the step output that holds the number of new findings
    std::string verdict_output;  // the one that holds the verdict

    std::string text;  // text format: printed before the findings
    std::string facts; // what the verdict rests on ("12 tests passed")
    Says says = Says::facts;
    std::size_t most_told = 0; // text format: so many of the worst, the worst first; 0: all, in their order
    bool tells_levels = false; // text format: "error: " stands before a finding's message
    std::string closing;       // made of both by decide(): last line of the text format and `decided` in JSON
    Summary summary;           // empty: a table of the findings
    std::vector<Case> cases;
    std::vector<Member> members;
    std::vector<std::pair<std::string, std::string>> outputs; // step outputs: name, value
    std::map<std::string, std::string> bodies;                // a format whose bytes the tool makes by itself
};

int exit_status(const Report& report); // 0 pass, 1 fail, error: its kind

}
