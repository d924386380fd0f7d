#pragma once
#include "config/config.h"
#include <span>
#include <string>
#include <vector>

// `rules:` of a section: the level of a rule by its id.
namespace fairlead::config {

// Returns a key for each rule, so that editors know the rules.
template <typename Rule>
std::vector<Field> level_fields(std::span<const Rule> rules) {
    std::vector<Field> fields;
    for (const Rule& rule : rules)
        fields.push_back({rule.id, Type::text, rule.title, {"off", "info", "warning", "error"}});
    return fields;
}

template <typename Settings>
Result<void> read_levels(const Value& map, Settings& into) {
    for (const auto& [id, level] : map.entries()) into.rules[id] = level.text();
    return {};
}

}
