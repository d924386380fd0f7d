#include "deploy/journal.h"
#include "deploy/record.h"
#include "sys/data/json.h"

namespace fairlead::deploy {

namespace {

using sys::Json, sys::text_of;

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

// False: not what a deployment writes.
bool read_line(ledger::Journal::Event event, const Json& line, Unfinished& deployment) {
    if (event == ledger::Journal::Event::plan) {
        auto plan = plan_from(line["plan"]);
        if (plan) deployment.plan = std::move(*plan);
        return plan.has_value();
    }
    deployment.last = step_from(line);
    if (deployment.last && deployment.last->act == Act::route && !deployment.last->undo) deployment.switched = true;
    return deployment.last.has_value();
}

}

Json to_json(const Plan& plan) {
    Json steps = Json::array();
    for (const auto& step : plan.steps) steps.push_back({{"step", name_of(step)}, {"slot", step.slot}});
    return {{"command", plan.command},         {"release", plan.release},
            {"candidate", plan.candidate},     {"old", plan.old},
            {"old_release", plan.old_release}, {"strategy", plan.strategy},
            {"already", plan.already},         {"steps", steps}};
}

std::string plan_line(const Plan& plan, std::string_view at) { return ledger::plan_line(to_json(plan), at); }

std::string step_line(const Step& step, std::string_view at) {
    return ledger::step_line({{"step", name_of(step)}, {"slot", step.slot}}, at);
}

Result<Journal> read_journal(const ledger::Journal& journal) {
    Journal read{.deployment = {.id = journal.id}, .started = journal.started, .verdict = journal.verdict};
    for (const auto& [event, number, text] : journal.lines) {
        const auto line = TRY(sys::parse_json(text, journal.file));
        if (!read_line(event, line, read.deployment)) return journal.foreign(number);
    }
    return read;
}

Result<Journal> parse_journal(std::string_view text, const std::string& file) {
    const auto journal = TRY(ledger::parse_journal(text, file, domain));
    return read_journal(journal);
}

}
