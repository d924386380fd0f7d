#include "deploy/record/journal.h"
#include "deploy/record/record.h"
#include "deploy/record/texts.h"
#include "sys/data/json.h"
#include <algorithm>

namespace fairlead::deploy {

namespace {

using sys::Json, sys::text_of;

bool acts_on_instances(Act act) {
    return act != Act::hook && act != Act::route && act != Act::commit && act != Act::fetch && act != Act::prepare &&
           act != Act::prune && act != Act::migrate && act != Act::contract && act != Act::revert;
}

Json names_of(const std::vector<Instance>& instances) {
    Json names = Json::array();
    for (const auto& one : instances) names.push_back(name_of(one));
    return names;
}

bool is_slot_or_none(std::string_view text) { return text.empty() || is_slot(text); }

// False: one is none of ours. Absent: as it was.
bool read_names(const Json& object, const char* member, std::vector<Instance>& instances) {
    const auto names = object.find(member);
    if (names == object.end()) return true;
    if (!names->is_array()) return false;
    instances.clear();
    for (const auto& name : *names) {
        const auto instance = name.is_string() ? instance_of(name.get<std::string>()) : std::nullopt;
        if (!instance) return false;
        instances.push_back(*instance);
    }
    return true;
}

bool read_shares(const Json& object, std::vector<Share>& shares) {
    const auto to = object.find("to");
    if (to == object.end()) return true;
    if (!to->is_object()) return false;
    shares.clear();
    for (const auto& [name, weight] : to->items()) {
        const auto instance = instance_of(name);
        if (!instance || !weight.is_number_unsigned() || weight.get<std::uint64_t>() > 1'000'000) return false;
        shares.push_back({*instance, weight.get<int>()});
    }
    return true;
}

// Older versions wrote no instances: a slot had one.
std::optional<Step> step_from(const Json& object) {
    auto step = step_of(text_of(object, "step"), text_of(object, "slot"));
    if (!step || !is_slot_or_none(step->slot)) return std::nullopt;
    const std::vector<Instance> alone{{.slot = step->slot}};
    if (!step->slot.empty() && acts_on_instances(step->act)) step->on = alone;
    if (!step->slot.empty() && step->act == Act::route) step->to = even_shares(alone);
    step->what = text_of(object, "what");
    if (!read_names(object, "on", step->on) || !read_shares(object, step->to)) return std::nullopt;
    return step;
}

Json members_of(const Step& step) {
    Json object{{"step", name_of(step)}, {"slot", step.slot}};
    if (acts_on_instances(step.act) && !step.slot.empty()) object["on"] = names_of(step.on);
    if (!step.what.empty()) object["what"] = step.what;
    if (step.act == Act::route) {
        object["to"] = Json::object();
        for (const auto& [to, weight] : step.to) object["to"][name_of(to)] = weight;
    }
    return object;
}

// Which of the plan's steps it is: by its number, in an older journal the first that is alike.
void find_number(Step& step, const Json& line, const Plan& plan) {
    if (const auto number = line.find("number"); number != line.end() && number->is_number_unsigned()) {
        step.number = static_cast<int>(std::min<std::uint64_t>(number->get<std::uint64_t>(), 1'000'000));
        return;
    }
    for (const auto& one : plan.steps)
        if (one.act == step.act && one.slot == step.slot && !step.undo) {
            step.number = one.number;
            return;
        }
}

std::optional<Plan> plan_from(const Json& object) {
    Plan plan{.command = text_of(object, "command"),
              .release = text_of(object, "release"),
              .candidate = text_of(object, "candidate"),
              .old_release = text_of(object, "old_release"),
              .old = text_of(object, "old"),
              .strategy = text_of(object, "strategy")};
    if (!is_slot_or_none(plan.candidate) || !is_slot_or_none(plan.old)) return std::nullopt;
    if (plan.command.empty()) plan.command = "apply"; // a journal of before there was `down`
    plan.already = object.value("already", Json()) == Json(true);
    plan.approved = text_of(object, "approved");
    plan.evidence = texts_of(object, "evidence");
    plan.without_evidence = text_of(object, "without_evidence");
    const auto steps = object.find("steps");
    if (steps == object.end() || !steps->is_array()) return std::nullopt;
    for (const auto& item : *steps) {
        auto step = item.is_object() ? step_from(item) : std::nullopt;
        if (!step) return std::nullopt;
        step->number = static_cast<int>(plan.steps.size());
        plan.steps.push_back(*step);
    }
    if (!plan.candidate.empty()) plan.starts = {{.slot = plan.candidate}};
    if (!plan.old.empty()) plan.olds = {{.slot = plan.old}};
    if (!read_names(object, "starts", plan.starts) || !read_names(object, "olds", plan.olds)) return std::nullopt;
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
    if (deployment.last) find_number(*deployment.last, line, deployment.plan);
    if (deployment.last && switches(deployment.plan, *deployment.last)) deployment.switched = true;
    return deployment.last.has_value();
}

}

Json to_json(const Plan& plan) {
    Json steps = Json::array();
    for (const auto& step : plan.steps) steps.push_back(members_of(step));
    Json object{{"command", plan.command}, {"release", plan.release},         {"candidate", plan.candidate},
                {"old", plan.old},         {"old_release", plan.old_release}, {"strategy", plan.strategy},
                {"already", plan.already}, {"starts", names_of(plan.starts)}, {"olds", names_of(plan.olds)},
                {"steps", steps}};
    if (!plan.approved.empty()) object["approved"] = plan.approved;
    if (!plan.evidence.empty()) object["evidence"] = plan.evidence;
    if (!plan.without_evidence.empty()) object["without_evidence"] = plan.without_evidence;
    return object;
}

std::string plan_line(const Plan& plan, std::string_view at) { return ledger::plan_line(to_json(plan), at); }

std::string step_line(const Step& step, std::string_view at) {
    auto members = members_of(step);
    if (!step.undo) members["number"] = step.number;
    return ledger::step_line(members, at);
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
