#include "deploy/target.h"

namespace fairlead::deploy {

namespace {
constexpr TargetKind table[] = {
    {"direct", make_direct},
};
}

std::span<const TargetKind> target_kinds() { return table; }

const TargetKind* find_target(std::string_view name) {
    for (const auto& row : table) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

}
