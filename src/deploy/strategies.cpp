#include "deploy/strategies.h"

namespace fairlead::deploy {

namespace {
constexpr Strategy table[] = {
    {"blue-green", "none", blue_green},
    {"recreate", "from the stop of the old release until the new one is ready", recreate},
};
}

std::span<const Strategy> strategies() { return table; }

const Strategy* find_strategy(std::string_view name) {
    for (const auto& row : table) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

}
