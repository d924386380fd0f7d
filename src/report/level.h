#pragma once
#include "report/report.h"
#include <optional>
#include <string_view>

namespace fairlead::report {

// What a rule's hit counts for, as fairlead.yml says it; off: the rule isn't asked.
enum class Level { off, info, warning, error };
std::string_view name_of(Level level);
std::optional<Level> level_named(std::string_view name);
Severity severity_of(Level level); // of one that isn't off

}
