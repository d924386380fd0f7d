#include "deploy/compose/place.h"
#include "deploy/direct/direct.h"
#include "deploy/exec/place.h"
#include "deploy/place.h"

namespace fairlead::deploy {

namespace {
constexpr PlaceKind place_rows[] = {
    {"direct", make_direct},
    {"compose", make_compose},
    {"exec", make_exec},
};
}

std::span<const PlaceKind> place_kinds() { return place_rows; }

std::vector<std::string_view> place_names() {
    std::vector<std::string_view> names;
    for (const auto& row : place_rows) names.push_back(row.name);
    return names;
}

const PlaceKind* find_place(std::string_view name) {
    for (const auto& row : place_rows) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

}
