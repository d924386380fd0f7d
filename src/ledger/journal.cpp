#include "ledger/journal.h"
#include "base/printable.h"
#include "ledger/checked.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::ledger {

namespace {

using sys::Json, sys::text_of;

// False: not a line of a journal.
bool read_line(const Json& line, int number, std::string_view text, Journal& journal) {
    const std::string event = text_of(line, "event");
    if (event == "plan" && line.contains("plan") && line["plan"].is_object()) {
        journal.started = text_of(line, "at");
        journal.lines.push_back({Journal::Event::plan, number, std::string(text)});
        return true;
    }
    if (event == "step") journal.lines.push_back({Journal::Event::step, number, std::string(text)});
    if (event == "end") journal.verdict = text_of(line, "verdict");
    return event == "step" || event == "end";
}

std::string line_of(const Json& object) { return checked_text(object, ""); }

}

Error Journal::foreign(int line) const {
    return could_not(
        "this is not a line of a journal; move its folder away and run again: the running processes are checked anyway",
        Place{.file = file, .line = line});
}

std::string plan_line(const Json& plan, std::string_view at, const std::string& of) {
    return checked_text({{"schema", 1}, {"event", "plan"}, {"at", at}, {"plan", plan}}, of);
}

std::string step_line(const Json& step, std::string_view at) {
    Json object{{"event", "step"}, {"at", at}};
    object.update(step);
    return line_of(object);
}

std::string end_line(std::string_view verdict, std::string_view at) {
    return line_of({{"event", "end"}, {"at", at}, {"verdict", verdict}});
}

Result<Journal> parse_journal(std::string_view text, const std::string& file, const Domain& domain,
                              const std::string& of) {
    Journal journal{.file = file};
    int number = 0;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
        ++number;
        const auto line = sys::parse_json(text.substr(0, end), file);
        if (!line.ok() || !line->is_object()) return journal.foreign(number);
        if (number == 1 && line->value("schema", Json()) != Json(1)) {
            return could_not(
                fmt::format("the journal's schema is not 1: it was written by another version of {}", domain.tool),
                Place{.file = file, .line = number});
        }
        if (const auto said = text_of(line.value(), "of"); !of.empty() && !said.empty() && said != of)
            return could_not(fmt::format("the journal is of '{}', not of '{}'", one_line(said), of),
                             Place{.file = file, .line = number});
        if (!holds_check(line.value()))
            return could_not("the line was changed since it was written", Place{.file = file, .line = number});
        if (!read_line(line.value(), number, text.substr(0, end), journal)) return journal.foreign(number);
    }
    if (number == 0) journal.verdict = "";
    return journal;
}

}
