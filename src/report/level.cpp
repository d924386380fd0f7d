#include "report/level.h"
#include <algorithm>
#include <iterator>

namespace fairlead::report {

namespace {

constexpr std::string_view names[] = {"off", "info", "warning", "error"};

}

std::string_view name_of(Level level) { return names[static_cast<std::size_t>(level)]; }

std::optional<Level> level_named(std::string_view name) {
    const auto found = std::find(std::begin(names), std::end(names), name);
    if (found == std::end(names)) return std::nullopt;
    return static_cast<Level>(found - std::begin(names));
}

Severity severity_of(Level level) {
    return level == Level::error ? Severity::error : level == Level::warning ? Severity::warning : Severity::info;
}

}
