#include "preflight/rows/tree.h"

namespace fairlead::preflight {

namespace {

using read::ComposePlace;
using read::ComposeValue;
using sys::YamlNode;

bool is_there(const ComposeValue& value) { return value.kind != ComposeValue::Kind::null; }
bool is_there(const YamlNode& value) { return value.kind != YamlNode::Kind::null; }

ComposePlace place_of(const ComposeValue& value) { return value.place; }
ComposePlace place_of(const YamlNode& value) { return {0, value.line, value.column}; }

void each_of(const ComposeValue& value, const std::function<void(std::string_view, const Branch&)>& each) {
    for (const auto& item : value.items)
        if (is_there(item)) each(item.key, item);
}
void each_of(const YamlNode& value, const std::function<void(std::string_view, const Branch&)>& each) {
    for (const auto& item : value.items) each({}, item);
    for (const auto& [key, item] : value.entries)
        if (is_there(item)) each(key.scalar, item);
}

}

std::optional<Branch> Branch::find(std::string_view key) const {
    return std::visit(
        [&](const auto* node) {
            const auto* const found = node->find(key);
            return found && is_there(*found) ? std::optional<Branch>(*found) : std::nullopt;
        },
        node_);
}

void Branch::each(const std::function<void(std::string_view, const Branch&)>& each) const {
    std::visit([&](const auto* node) { each_of(*node, each); }, node_);
}

bool Branch::is_scalar() const {
    return std::visit([](const auto* node) { return node->kind == std::decay_t<decltype(*node)>::Kind::scalar; },
                      node_);
}

std::string_view Branch::text() const {
    if (const auto* const* compose = std::get_if<const ComposeValue*>(&node_)) return (*compose)->text;
    return std::get<const YamlNode*>(node_)->scalar;
}

bool Branch::is_known() const {
    if (const auto* const* compose = std::get_if<const ComposeValue*>(&node_)) return !(*compose)->unset;
    if (std::get<const YamlNode*>(node_)->settled) return true;
    for (const std::string_view later : {"${", "$(", "{{"})
        if (text().find(later) != std::string_view::npos) return false;
    return true;
}

ComposePlace Branch::place() const {
    return std::visit([](const auto* node) { return place_of(*node); }, node_);
}

void walk(const Branch& from, std::string_view path, const std::function<void(const Reached&)>& reached) {
    const auto dot = path.find('.');
    const auto key = path.substr(0, dot);
    const auto rest = dot == path.npos ? std::string_view() : path.substr(dot + 1);
    const auto go_on = [&](std::string_view name, const Branch& child) {
        if (!rest.empty())
            return walk(child, rest, [&](Reached one) {
                if (one.place.line == 0) one.place = child.place();
                reached(one);
            });
        reached({child, from, std::string(name), child.place()});
    };
    if (key == "*") return from.each(go_on);
    if (const auto child = from.find(key)) return go_on(key, *child);
    if (rest.find('*') != rest.npos) return;
    const auto last = path.substr(path.rfind('.') + 1);
    reached({std::nullopt, rest.empty() ? std::optional(from) : std::nullopt, std::string(last), {}});
}

}
