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

// A tool's findings and verdict. Writers (report/formats.h) turn a report into bytes; cli::run prints them.
namespace fairlead::report {

enum class Severity { info, warning, error };
std::string_view name_of(Severity severity); // "info"

// The rule of a finding. Each domain has a table of rules (gate/rules.cpp): a new rule is one row there.
struct Rule {
    std::string_view id;                 // as in findings: "gate/tests-failed"; for scan "github-pat"
    std::string_view title;              // "Too many tests failed"
    Severity severity = Severity::error; // unless a finding has another severity
    std::string_view page =
        {}; // page in docs/; empty: TOOL-rules.md. The rule's anchor there is the id with '-' for '/'
};

enum class State { fresh, known, waived, suppressed }; // only fresh findings ("new") affect the verdict
std::string_view name_of(State state);

struct Finding {
    struct Place {
        std::string file; // empty: that of the finding
        int line = 0, column = 0;
        // the subject in this place's message, which differs from the finding's: "web"; may be empty
        std::string subject;
        std::string message;
    };
    // One of the places of the same thing. refs: the commit that has it there, if the tree doesn't.
    struct Spot {
        std::string file;
        int line = 0, column = 0, end_line = 0, end_column = 0;
        std::vector<std::string> refs;
    };
    std::string rule; // "scan/aws-key", "gate/tests-failed"
    Severity severity = Severity::error;
    std::string file; // relative to the repository's root, '/'-separated; empty: no place
    int line = 0, column = 0, end_line = 0, end_column = 0; // from 1, ends included, code points, 0 unknown
    std::string message;
    std::string about;      // what a waiver may name: the test that failed, the rule of another tool; may be empty
    std::string fix;        // "safe", "unsafe" or empty
    std::string confidence; // certainty: "proved", "likely", "possible"; empty: not stated
    std::vector<std::string> refs;
    std::string fingerprint; // "v1:..."
    State state = State::fresh;
    // it stands for the sum of its rule's other findings; waived if waivers reduce their number to the limit
    bool sums_up = false;
    std::uint64_t limit = 0;      // if sums_up: the allowed number of the other findings
    std::uint64_t stands_for = 1; // "and 12 more"
    std::string waiver;           // if waived: the id of the waiver
    // findings with the same cause are joined; without errors among them, only the cause's first line is compared
    std::string cause;
    std::vector<Place> also;  // further places with the same cause
    bool recurs = false;      // decide() joins it with the others of its fingerprint (report/places.h)
    std::vector<Spot> places; // if it recurs: all of them, its own first
    int weight = 0;           // within a severity, heavier findings are listed first
    std::string waived;       // "waived by W1 until 2026-03-31 (ada: an example)"
};

// `v1:` + 32 hex digits of SHA-256 over rule, path, line with blanks collapsed, occurrence (conventions.md).
std::string fingerprint(std::string_view rule, std::string_view path, std::string_view line, int occurrence);
bool is_silenced(const Finding& finding); // TOOL/silenced: the change makes a check less strict
bool is_late(const Finding& finding);     // added after the tool's own work: waived, about a waiver, or silenced
bool decides(const Finding& finding);     // whether it is a new finding of severity error
void sort_findings(std::vector<Finding>& findings); // by file, line, column, rule

struct Skipped {
    std::string rule;
    std::string reason;
};

enum class Verdict { pass, fail, error };
std::string_view name_of(Verdict verdict);

// The word of the verdict before the facts.
enum class Says {
    facts,   // no word: "3 rules"
    verdict, // "passed: 12 tests passed"; also after the summary's heading
    answer,  // "yes: nothing is missing"
};
std::string_view word_of(Verdict verdict, Says says); // "could not decide"; empty with Says::facts

// One test case for the junit writer: a check of smoke, a rule of gate. If a report has no case, each finding becomes a
// case.
struct Case {
    std::string suite, name;
    Milliseconds time{0};
    std::string failure; // message; empty if it passed
    std::string skipped; // reason; empty if it ran
    std::string output;
    // rule or fingerprint of the findings that make it fail; empty: waived findings can't excuse it
    std::string finding;
};

constexpr std::string_view nothing_seen = "nothing was looked at";

// The evidence of a verdict. decide() applies the same rules to every tool: a run that looked at nothing doesn't pass;
// everything that could not be read or recognised is reported, and doesn't count as checked.
struct Looked {
    bool at_all = false; // everything was looked at; a waiver without a match counts as unused only then
    // number of things that were read and recognised; nothing: this run makes no judgement
    std::optional<std::uint64_t> count = {};
    std::string nothing = {};    // for a count of 0: why, and what to do; empty: the findings say so
    bool may_be_nothing = false; // --allow-empty
    // Things that exist but were not looked at: where, why, and what to do. An error fails by itself; with a warning,
    // other evidence can pass. Without a rule they get the rule TOOL/unread.
    std::vector<Finding> unread = {};

    bool refuses() const { return count == 0 && !may_be_nothing; } // there is no evidence, whatever is waived
};

// A table for the job summary. The writer turns it into Markdown and escapes the texts.
struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::string strong = {}; // cells with this text are emphasised
};

struct Summary {
    std::string heading; // "fairlead run"
    std::vector<std::string> points;
    std::vector<Table> tables;
    std::string next; // the next command to run
    bool is_empty() const { return heading.empty() && points.empty() && tables.empty() && next.empty(); }
};

// Lines of a file of the repository, for formats that show them.
struct Source {
    struct Line {
        int number = 0;
        std::string text;
        std::string mark;          // "covered"; empty: the line is only context
        bool is_complaint = false; // the mark means something bad
    };
    std::string file;
    std::vector<Line> lines;
};

// An additional key of the JSON.
struct Member {
    std::string name;
    std::shared_ptr<const sys::Json> value;
};
Member member(std::string name, sys::Json value);

// The result of a tool. decide() (report/decide.h) makes the final verdict, after waivers.
struct Report {
    std::string tool; // "gate"
    Verdict verdict = Verdict::pass;
    std::string environment;
    std::vector<Finding> findings;
    std::string findings_key = "findings"; // their name in the JSON; gate's `findings` are counts
    std::vector<Skipped> skipped;
    Milliseconds total{0};
    std::optional<Error> error; // with Verdict::error; without a message, the closing line is its message
    bool is_interim = false;    // nothing is decided yet: no verdict is kept, no comment is posted
    bool is_done = false;       // everything is done, so a later signal undoes nothing
    // why this report fails even if everything is waived ("no check passed"); empty: findings decide
    std::string stays_no;
    Looked looked;
    std::span<const Rule> rules; // of the tool; writers add the rules of all tools (report/rules.h)
    std::string counting_output; // the step output with the number of new findings
    std::string verdict_output;  // the step output with the verdict

    std::string text;  // text format: printed before the findings
    std::string facts; // the facts of the verdict ("12 tests passed")
    Says says = Says::facts;
    std::size_t most_places = 3; // of a finding that recurs: the number of other places that are named
    std::size_t most_told = 0;   // text format: the number of listed findings, the worst first; 0: all, in their order
    bool tells_levels = false;   // text format: "error: " comes before a finding's message
    // made by decide() from `says` and `facts`: last line of the text format, and `decided` in JSON
    std::string closing;
    Summary summary; // empty: a table of the findings
    std::vector<Case> cases;
    std::vector<Source> sources;
    std::vector<Member> members;
    std::vector<std::pair<std::string, std::string>> outputs; // step outputs: name, value
    std::map<std::string, std::string> bodies;                // format -> output that the tool makes itself
};

int exit_status(const Report& report); // 0 pass, 1 fail; error: the status of its kind

}
