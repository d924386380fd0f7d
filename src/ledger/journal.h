#pragma once
#include "base/result.h"
#include "ledger/domain.h"
#include "sys/data/json_fwd.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// journal.jsonl of one act: one JSON object per line. The first holds the plan, each later one announces a step before
// it is done, the last says how it ended. A torn last line is ignored: what it announced was not begun.
namespace fairlead::ledger {

struct Journal {
    enum class Event { plan, step };
    struct Line {
        Event event;
        int number;
        std::string text; // the whole object; what a plan and a step are, the domain knows
    };
    std::string file, id;               // of the act
    std::string started;                // RFC 3339
    std::vector<Line> lines;            // without the end's
    std::optional<std::string> verdict; // how it ended; nothing: it did not
    Error foreign(int line) const;      // could_not: it is none of the domain's
};

// With their newline. `plan` and the members of `step` are the domain's.
std::string plan_line(const sys::Json& plan, std::string_view at, const std::string& of = "");
std::string step_line(const sys::Json& step, std::string_view at);
std::string end_line(std::string_view verdict, std::string_view at);

// Error (could_not): a schema that is not ours, another one's (`of`, see ledger/checked.h), or a line in the middle
// that is no journal line, or was changed. Empty text or only a torn line: no lines, a verdict of "" (nothing was
// begun).
Result<Journal> parse_journal(std::string_view text, const std::string& file, const Domain& domain,
                              const std::string& of = "");

}
