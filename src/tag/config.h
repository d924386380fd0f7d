#pragma once
#include "base/field.h"
#include "base/result.h"
#include "config/config.h"
#include "config/milder.h"
#include "tag/next_version.h"
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::tag {

std::span<const Field> fields(); // what only fairlead.yml can say: components
std::span<const config::Milder> milder();
bool is_of_peer(std::string_view input); // docker/metadata-action has it, too

struct ComponentWanted {
    std::string name;                  // of fairlead.yml, or any
    std::optional<std::string> prefix; // given by hand; else the file's, else <name>/v, without a name v
    std::vector<std::string> include, exclude;
    bool given() const { return prefix || !name.empty(); }
};

// Error (usage): the file has components, and none of that name. `folder`: the file's, where its globs start.
Result<Component> component_of(const ComponentWanted& wanted, const config::Value& section, const std::string& folder);

}
