#pragma once
#include "base/result.h"
#include "ledger/domain.h"
#include "sys/data/json_fwd.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// journal.jsonl of one act: one JSON object per line. The first line has the plan, each later line announces a step
// before it is done, the last line has the result. An incomplete last line is ignored: its step was not begun.
namespace fairlead::ledger {

struct Journal {
    enum class Event { plan, step };
    struct Line {
        Event event;
        int number;
        std::string text; // the whole object; the domain knows the members of a plan and a step
    };
    std::string file, id;               // id: of the act
    std::string started;                // RFC 3339
    std::vector<Line> lines;            // without the last line with the result
    std::optional<std::string> verdict; // the result; nothing: the act did not end
    Error foreign(int line) const;      // could_not: the domain doesn't know the line
};

// Return lines with their newline. The domain decides the form of `plan` and of the members of `step`.
std::string plan_line(const sys::Json& plan, std::string_view at, const std::string& of = "");
std::string step_line(const sys::Json& step, std::string_view at);
std::string end_line(std::string_view verdict, std::string_view at);

// Error (could_not): the schema is unknown, the owner is another one (`of`, see ledger/checked.h), or a line in the
// middle is not a journal line or was changed. Empty text or only an incomplete line: no lines, and the verdict ""
// (nothing was begun).
Result<Journal> parse_journal(std::string_view text, const std::string& file, const Domain& domain,
                              const std::string& of = "");

}
