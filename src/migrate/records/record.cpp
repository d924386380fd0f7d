#include "migrate/records/record.h"
#include <algorithm>
#include <iterator>

namespace fairlead::migrate::records {

namespace {

constexpr std::string_view names[] = {"started", "applied", "failed", "reverted", "baseline"};

}

std::string_view name_of(State state) { return names[static_cast<std::size_t>(state)]; }

std::optional<State> state_named(std::string_view name) {
    const auto* const at = std::find(std::begin(names), std::end(names), name);
    if (at == std::end(names)) return std::nullopt;
    return static_cast<State>(at - std::begin(names));
}

const Record* find(const std::vector<Record>& all, std::string_view version) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const Record& one) { return one.version == version; });
    return at == all.end() ? nullptr : &*at;
}

}
