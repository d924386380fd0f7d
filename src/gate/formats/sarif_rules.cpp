#include "gate/formats/sarif_rules.h"
#include "base/text.h"
#include "base/words.h"
#include "gate/evidence.h"
#include "gate/formats/findings.h"
#include "sys/data/json.h"
#include <algorithm>
#include <cstdlib>

namespace fairlead::gate {

using sys::Json;
using Take = sys::JsonHandler::Take;

namespace {

std::string short_text(const Json& value, std::string_view name) {
    return sys::text_of(value, name).substr(0, longest_rule_id);
}

// "a" of "a/b"; empty above the first.
std::string id_above(const std::string& id) {
    const auto slash = id.rfind('/');
    return slash == std::string::npos ? std::string() : id.substr(0, slash);
}

// What is unknown weighs most.
int weight_of(std::string_view level) {
    if (level == "none") return 0;
    if (level == "note") return 1;
    return level.empty() || level == "warning" ? 2 : 3;
}

// A text, and of some writers a number.
double security_in(const Json& rule) {
    const Json& written = member_of(member_of(rule, "properties"), "security-severity");
    if (written.is_number()) return written.get<double>();
    return written.is_string() ? std::strtod(written.get_ref<const std::string&>().c_str(), nullptr) : 0;
}

std::string guid_of(const Json& value) { return lower(short_text(value, "guid")); }

}

RuleReference reference_of(const Json& result) {
    const Json& rule = member_of(result, "rule");
    const Json& component = member_of(rule, "toolComponent");
    RuleReference out;
    out.level = short_text(result, "level");
    out.id = short_text(result, "ruleId");
    if (out.id.empty()) out.id = short_text(rule, "id");
    out.guid = guid_of(rule);
    out.index = number_of(rule, "index", number_of(result, "ruleIndex", -1));
    out.extension = number_of(component, "index", -1);
    out.component = short_text(component, "name");
    out.component_guid = guid_of(component);
    return out;
}

// "/driver/rules/*" and "/extensions/*/rules/*": leaves what comes behind the component.
SarifTool::Component* SarifTool::component_at(std::string_view& path) {
    for (const std::string_view start : {"/driver", "/extensions/*"}) {
        if (!path.starts_with(start)) continue;
        path.remove_prefix(start.size());
        if (start == "/driver") return &driver_;
        return extensions_.empty() ? nullptr : &extensions_.back();
    }
    return nullptr;
}

Take SarifTool::begin(std::string_view path, sys::JsonKind kind) {
    if (path.empty() || path == "/extensions") return Take::enter;
    if (path == "/extensions/*") {
        extensions_.emplace_back();
        ++weight_;
    }
    Component* component = component_at(path);
    if (!component) return Take::skip;
    if (path.empty() || path == "/rules") return Take::enter;
    if (path == "/rules/*" && kind != sys::JsonKind::object) add_rule(*component, {}); // it has its number
    if (path == "/rules/*") return kind == sys::JsonKind::object ? Take::build : Take::skip;
    return path == "/name" || path == "/guid" ? Take::build : Take::skip;
}

void SarifTool::built(std::string_view path, const Json& value) {
    Component* component = component_at(path);
    if (!component) return;
    if (path == "/rules/*") return add_rule(*component, value);
    if (!value.is_string()) return;
    const auto text = value.get<std::string>().substr(0, longest_rule_id);
    weight_ += text.size() / 64;
    if (path == "/name")
        component->name = text;
    else
        component->guid = lower(text);
}

bool SarifTool::keeps(std::string_view member) {
    return is_one_of(member, {"id", "guid", "defaultConfiguration", "properties"});
}

void SarifTool::add_rule(Component& component, const Json& rule) {
    const std::size_t number = component.rules.size();
    const Rule& added = component.rules.emplace_back(Rule{short_text(rule, "id"), guid_of(rule),
                                                          short_text(member_of(rule, "defaultConfiguration"), "level"),
                                                          security_in(rule)});
    weight_ += 1 + (added.id.size() + added.guid.size() + added.level.size()) / 64;
    if (!added.id.empty()) component.by_id.try_emplace(added.id, number);
    if (!added.guid.empty()) component.by_guid.try_emplace(added.guid, number);
}

std::string SarifTool::name() const {
    const auto written = one_line(driver_.name);
    return written.empty() ? "the tool" : written;
}

const SarifTool::Rule* SarifTool::Component::find_id(const std::string& id) const {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : &rules[found->second];
}

const SarifTool::Rule* SarifTool::Component::find(const RuleReference& reference) const {
    if (reference.index >= 0 && static_cast<std::size_t>(reference.index) < rules.size())
        return &rules[static_cast<std::size_t>(reference.index)];
    const auto found = reference.guid.empty() ? by_guid.end() : by_guid.find(reference.guid);
    return found == by_guid.end() ? nullptr : &rules[found->second];
}

const SarifTool::Component* SarifTool::named(const RuleReference& reference) const {
    if (reference.extension >= 0 && static_cast<std::size_t>(reference.extension) < extensions_.size())
        return &extensions_[static_cast<std::size_t>(reference.extension)];
    const auto is_meant = [&](const Component& component) {
        return reference.component_guid.empty() ? !reference.component.empty() && component.name == reference.component
                                                : component.guid == reference.component_guid;
    };
    if (is_meant(driver_)) return &driver_;
    const auto found = std::find_if(extensions_.begin(), extensions_.end(), is_meant);
    return found == extensions_.end() ? nullptr : &*found;
}

SarifTool::Found SarifTool::find(const RuleReference& reference) const {
    const Component* component = named(reference);
    const bool lost = !component && reference.names_component();
    if (!component && !lost) component = &driver_;
    if (component)
        if (const Rule* rule = component->find(reference)) return {rule};
    // By id in the component, the driver, then in the extensions; `id/sub` is a case of `id`.
    for (auto id = reference.id; !id.empty(); id = id_above(id)) {
        if (component)
            if (const Rule* rule = component->find_id(id)) return {rule};
        if (const Rule* rule = driver_.find_id(id)) return {rule};
        for (const Component& extension : extensions_)
            if (const Rule* rule = extension.find_id(id)) return {rule};
    }
    if (!reference.guid.empty())
        for (const Component& extension : extensions_)
            if (const Rule* rule = extension.find(RuleReference{.guid = reference.guid})) return {rule};
    return {nullptr, lost};
}

std::string SarifTool::level_of(const RuleReference& reference) const {
    const auto [rule, lost] = find(reference);
    return raised(rule ? rule->level : lost ? "error" : "", reference, rule);
}

double SarifTool::security_of(const RuleReference& reference) const {
    const auto* const rule = find(reference).rule;
    return rule ? rule->security : 0;
}

std::string SarifTool::raised(std::string level, const RuleReference& reference, const Rule* rule) const {
    const auto take = [&](const auto& overrides, const auto& key) {
        const auto found = overrides.find(key);
        if (found != overrides.end() && weight_of(found->second) > weight_of(level)) level = found->second;
    };
    if (rule) take(by_rule_, rule);
    for (auto id = reference.id; !id.empty(); id = id_above(id)) take(by_id_, id);
    return level;
}

void SarifTool::add_overrides(const Json& invocation) {
    for (const Json& each : member_of(invocation, "ruleConfigurationOverrides")) {
        auto reference = reference_of(Json{{"rule", member_of(each, "descriptor")}});
        reference.level = short_text(member_of(each, "configuration"), "level");
        if (reference.level.empty()) reference.level = "warning"; // section 3.50.3
        weight_ += 1 + (reference.id.size() + reference.component.size() + reference.level.size()) / 64;
        overrides_.push_back(std::move(reference));
    }
}

void SarifTool::settle() {
    const auto keep = [](auto& overrides, const auto& key, const std::string& level) {
        const auto [at, added] = overrides.try_emplace(key, level);
        if (!added && weight_of(level) > weight_of(at->second)) at->second = level;
    };
    for (const auto& reference : overrides_) {
        if (const Rule* rule = find(reference).rule)
            keep(by_rule_, rule, reference.level);
        else if (!reference.id.empty())
            keep(by_id_, reference.id, reference.level);
    }
}

}
