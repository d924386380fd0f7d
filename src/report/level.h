#pragma once
#include "report/report.h"
#include <optional>
#include <string_view>

namespace fairlead::report {

// The level of a rule's findings, as set in fairlead.yml; off: the rule isn't applied.
enum class Level { off, info, warning, error };
std::string_view name_of(Level level);
std::optional<Level> level_named(std::string_view name);
Severity severity_of(Level level); // `level` must not be off

}
