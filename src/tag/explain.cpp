#include "tag/explain.h"
#include "sys/data/json.h"
#include <cmath>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

std::string shallow_remark(const Run& run) { return run.checkout ? run.checkout->shallow_remark() : std::string(); }

sys::Json number(double value) {
    const bool whole = std::abs(value) < 1e15 && std::floor(value) == value;
    return whole ? sys::Json(static_cast<std::int64_t>(value)) : sys::Json(value);
}

}

std::string explain_text(const Run& run) {
    const auto known = [](const std::string& text) { return text.empty() ? std::string("(not known)") : text; };
    const auto& facts = run.facts;
    std::string text = fmt::format("event {} ref {} commit {} (from {})\n", known(facts.event), known(facts.ref),
                                   known(facts.sha), run.source);
    if (const auto remark = shallow_remark(run); !remark.empty()) text += remark + "\n";
    for (const auto& outcome : run.version.outcomes) {
        const auto& rule = *outcome.rule;
        text += fmt::format("  {} {}\n      {}: {}\n", outcome.value.empty() ? "-" : "+", rule.origin.text,
                            outcome.value.empty() ? std::string("no tag")
                                                  : (outcome.version ? "version " : "tag ") + outcome.value,
                            outcome.reason);
    }
    text += fmt::format("  {} latest\n      {}\n", run.version.latest ? "+" : "-", run.version.latest_reason);
    return text;
}

std::string explain_json(const Run& run) {
    sys::Json json;
    const auto& facts = run.facts;
    json["event"] = facts.event;
    json["ref"] = facts.ref;
    json["sha"] = facts.sha;
    json["source"] = run.source;
    json["shallow"] = shallow_remark(run);
    json["rules"] = sys::Json::array();
    for (const auto& outcome : run.version.outcomes) {
        const auto& rule = *outcome.rule;
        json["rules"].push_back({{"rule", rule.origin.text},
                                 {"line", rule.origin.line},
                                 {"type", name_of(rule.type)},
                                 {"priority", number(rule.priority)},
                                 {"fired", !outcome.value.empty()},
                                 {"value", outcome.value},
                                 {"version", outcome.version},
                                 {"reason", outcome.reason}});
    }
    json["latest"] = {{"given", run.version.latest.has_value()},
                      {"tag", run.version.latest.value_or("")},
                      {"reason", run.version.latest_reason}};
    json["notes"] = sys::Json::array();
    for (const auto& note : run.notes.all())
        json["notes"].push_back({{"message", note.message},
                                 {"input", note.origin.input},
                                 {"line", note.origin.line},
                                 {"allowed", note.way_out}});
    return sys::dump_json(json);
}

}
