#include "deploy/journal.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;

Json to_json(const Plan& plan) {
    Json steps = Json::array();
    for (const auto& step : plan.steps) steps.push_back({{"step", name_of(step)}, {"slot", step.slot}});
    return {{"command", plan.command},         {"release", plan.release},
            {"candidate", plan.candidate},     {"old", plan.old},
            {"old_release", plan.old_release}, {"strategy", plan.strategy},
            {"already", plan.already},         {"steps", steps}};
}

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Step> step_from(const Json& object) { return step_of(text_of(object, "step"), text_of(object, "slot")); }

std::optional<Plan> plan_from(const Json& object) {
    Plan plan{.command = text_of(object, "command"),
              .release = text_of(object, "release"),
              .candidate = text_of(object, "candidate"),
              .old_release = text_of(object, "old_release"),
              .old = text_of(object, "old"),
              .strategy = text_of(object, "strategy")};
    if (plan.command.empty()) plan.command = "apply"; // a journal of before there was `down`
    plan.already = object.value("already", Json()) == Json(true);
    const auto steps = object.find("steps");
    if (steps == object.end() || !steps->is_array()) return std::nullopt;
    for (const auto& item : *steps) {
        auto step = item.is_object() ? step_from(item) : std::nullopt;
        if (!step) return std::nullopt;
        plan.steps.push_back(*step);
    }
    return plan;
}

// False: not a line of a journal.
bool read_line(const Json& line, Journal& journal) {
    const std::string event = text_of(line, "event");
    auto& deployment = journal.deployment;
    if (event == "plan" && line.contains("plan") && line["plan"].is_object()) {
        auto plan = plan_from(line["plan"]);
        if (!plan) return false;
        deployment.plan = *plan;
        journal.started = text_of(line, "at");
        return true;
    }
    if (event == "step") {
        deployment.last = step_from(line);
        if (deployment.last && deployment.last->act == Act::route && !deployment.last->undo) deployment.switched = true;
        return deployment.last.has_value();
    }
    if (event == "end") journal.verdict = text_of(line, "verdict");
    return event == "end";
}

std::string line_of(Json object) { return sys::dump_json(object) + "\n"; }

}

std::string plan_json(const Plan& plan) { return sys::dump_json(to_json(plan), 2); }

std::string plan_line(const Plan& plan, std::string_view at) {
    return line_of({{"schema", 1}, {"event", "plan"}, {"at", at}, {"plan", to_json(plan)}});
}

std::string step_line(const Step& step, std::string_view at) {
    return line_of({{"event", "step"}, {"at", at}, {"step", name_of(step)}, {"slot", step.slot}});
}

std::string end_line(std::string_view verdict, std::string_view at) {
    return line_of({{"event", "end"}, {"at", at}, {"verdict", verdict}});
}

Result<Journal> parse_journal(std::string_view text, const std::string& file) {
    Journal journal;
    int number = 0;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
        ++number;
        const auto line = sys::parse_json(text.substr(0, end), file);
        const Place place{.file = file, .line = number};
        const auto wrong = [&] {
            return could_not(
                "this is not a line of a journal; move its folder away and run again: what runs is looked at "
                "anyway",
                place);
        };
        if (!line.ok() || !line->is_object()) return wrong();
        if (number == 1 && line->value("schema", Json()) != Json(1)) {
            return could_not("the journal's schema is not 1: it was written by another version of fairlead-deploy",
                             place);
        }
        if (!read_line(line.value(), journal)) return wrong();
    }
    if (number == 0) journal.verdict = "";
    return journal;
}

}
