#include "tag/rules/rules.h"
#include "base/text.h"
#include "tag/rules/lists.h"
#include "tag/script/ecma.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

struct TypeRow {
    std::string_view name;
    RuleType type;
    std::string_view priority;
    std::vector<std::string_view> own; // attributes besides the common ones
    std::string_view required;         // the one that must be written
};

const std::vector<TypeRow>& types() {
    static const std::vector<TypeRow> rows = {
        {"schedule", RuleType::schedule, "1000", {"pattern"}, ""},
        {"semver", RuleType::semver, "900", {"pattern", "value", "match", "prerelease"}, "pattern"},
        {"pep440", RuleType::pep440, "900", {"pattern", "value", "match", "prerelease"}, "pattern"},
        {"match", RuleType::match, "800", {"pattern", "group", "value"}, "pattern"},
        {"edge", RuleType::edge, "700", {"branch"}, ""},
        {"ref", RuleType::ref, "600", {"event"}, "event"},
        {"raw", RuleType::raw, "200", {"value"}, "value"},
        {"sha", RuleType::sha, "100", {"format"}, ""},
    };
    return rows;
}

constexpr std::string_view common[] = {"enable", "priority", "prefix", "suffix"};

const TypeRow& row_of(RuleType type) {
    return *std::find_if(types().begin(), types().end(), [&](const TypeRow& row) { return row.type == type; });
}

std::string type_names() {
    std::vector<std::string> names;
    for (const auto& row : types()) names.emplace_back(row.name);
    return "expected " + one_of(names);
}

std::vector<std::string> known_attributes(RuleType type) {
    std::vector<std::string> names = {"type"};
    for (const auto name : row_of(type).own) names.emplace_back(name);
    for (const auto name : common) names.emplace_back(name);
    return names;
}

void set(Rule& rule, const std::string& name, std::string value, Notes& notes) {
    for (auto& [known, old] : rule.attributes) {
        if (known != name) continue;
        notes.fault(fmt::format("attribute '{}' is given twice, and the last value counts", name), rule.origin,
                    "write it once");
        old = std::move(value);
        return;
    }
    rule.attributes.emplace_back(name, std::move(value));
}

void add_default(Rule& rule, const std::string& name, std::string_view value) {
    if (rule.find(name) == nullptr) rule.attributes.emplace_back(name, value);
}

Result<void> check_type(const Rule& rule) {
    const auto& row = row_of(rule.type);
    const auto& text = rule.origin.text;
    if (!row.required.empty() && rule.find(row.required) == nullptr)
        return wrong_input(fmt::format("Missing {} attribute for {}", row.required, text), rule.origin,
                           fmt::format("add {}=…", row.required));
    if (rule.type == RuleType::match && !to_number(rule.get("group")))
        return wrong_input(fmt::format("Invalid match group for {}", text), rule.origin,
                           "group is a number, 0 the whole match");
    if (rule.type == RuleType::ref && rule.get("event") != "branch" && rule.get("event") != "tag" &&
        rule.get("event") != "pr")
        return wrong_input(fmt::format("Invalid event for {}", text), rule.origin, "expected branch, tag or pr");
    if (rule.type == RuleType::sha && rule.get("format") != "short" && rule.get("format") != "long")
        return wrong_input(fmt::format("Invalid format for {}", text), rule.origin, "expected short or long");
    if (const auto* wanted = rule.find("prerelease"); wanted != nullptr && *wanted != "true" && *wanted != "false")
        if (rule.type == RuleType::semver || rule.type == RuleType::pep440)
            return wrong_input(fmt::format("Invalid prerelease for {}", text), rule.origin, "expected true or false");
    return {};
}

void add_defaults(Rule& rule) {
    switch (rule.type) {
    case RuleType::schedule: add_default(rule, "pattern", "nightly"); break;
    case RuleType::semver:
    case RuleType::pep440:
        add_default(rule, "value", "");
        add_default(rule, "match", "");
        break;
    case RuleType::match:
        add_default(rule, "group", "0");
        add_default(rule, "value", "");
        break;
    case RuleType::edge: add_default(rule, "branch", ""); break;
    case RuleType::ref:
        if (rule.get("event") == "pr") add_default(rule, "prefix", "pr-");
        break;
    case RuleType::sha:
        add_default(rule, "prefix", "sha-");
        add_default(rule, "format", "short");
        break;
    case RuleType::raw: break;
    }
    add_default(rule, "enable", "true");
    add_default(rule, "priority", row_of(rule.type).priority);
}

void note_unknown(const Rule& rule, Notes& notes) {
    const auto known = known_attributes(rule.type);
    for (const auto& [name, value] : rule.attributes) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        if (name == "value" && rule.type != RuleType::raw) {
            notes.fault(
                fmt::format("'{}' has no meaning in a rule of type {} and is ignored", value, name_of(rule.type)),
                rule.origin, "write key=value, without a comma at the end");
            continue;
        }
        const auto near = nearest(name, known);
        notes.fault(fmt::format("attribute '{}' is unknown to type {} and is ignored", name, name_of(rule.type)),
                    rule.origin, near.empty() ? "expected " + one_of(known) : fmt::format("did you mean '{}'?", near));
    }
}

}

std::string_view name_of(RuleType type) { return row_of(type).name; }

bool takes(RuleType type, std::string_view attribute) {
    const auto& own = row_of(type).own;
    return std::find(own.begin(), own.end(), attribute) != own.end();
}

const std::string* Rule::find(std::string_view name) const {
    for (const auto& [known, value] : attributes)
        if (known == name) return &value;
    return nullptr;
}

std::string_view Rule::get(std::string_view name) const {
    const auto* value = find(name);
    return value ? std::string_view(*value) : std::string_view();
}

Result<Rule> parse_rule(const Origin& entry, Notes& notes) {
    Rule rule;
    rule.origin = entry;
    for (const auto& text : TRY(split_fields(entry))) {
        const auto field = split_field(text, Further::keep);
        if (field.key != "type" || field.bare) {
            set(rule, field.bare ? "value" : field.key, field.value, notes);
            continue;
        }
        const auto row = std::find_if(types().begin(), types().end(),
                                      [&](const TypeRow& known) { return known.name == field.value; });
        if (row == types().end())
            return wrong_input(fmt::format("Unknown tag type attribute: {}", field.value), entry, type_names());
        rule.type = row->type;
    }
    add_defaults(rule);
    TRY_VOID(check_type(rule));
    const auto priority = to_number(rule.get("priority"));
    if (!priority)
        return wrong_input(fmt::format("Invalid priority for {}", entry.text), entry,
                           "write a number; a higher priority goes first");
    rule.priority = *priority;
    note_unknown(rule, notes);
    return rule;
}

Result<std::vector<Rule>> parse_rules(const std::vector<Origin>& entries, Notes& notes) {
    static const std::vector<Origin> defaults = {{"tags", 0, "type=schedule"},
                                                 {"tags", 0, "type=ref,event=branch"},
                                                 {"tags", 0, "type=ref,event=tag"},
                                                 {"tags", 0, "type=ref,event=pr"}};
    std::vector<Rule> rules;
    for (const auto& entry : entries.empty() ? defaults : entries) {
        auto rule = TRY(parse_rule(entry, notes));
        rules.push_back(std::move(rule));
    }
    std::stable_sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) { return a.priority > b.priority; });
    return rules;
}

}
