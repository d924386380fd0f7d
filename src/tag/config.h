#pragma once
#include "base/field.h"
#include "base/result.h"
#include "config/config.h"
#include "tag/next_version.h"
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fairlead::tag {

std::span<const Field> fields(); // what only fairlead.yml can say: components

struct ComponentWanted {
    std::string name;                  // of fairlead.yml, or any
    std::optional<std::string> prefix; // given by hand; else the file's, else <name>/v, without a name v
    std::vector<std::string> include, exclude;
};

// Error (usage): the file has components, and none of that name. `folder`: the file's, where its globs start.
Result<Component> component_of(const ComponentWanted& wanted, const config::Value& section, const std::string& folder);

}
