#pragma once
#include "preflight/rows/row.h"
#include <span>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

// One of the YAML files in this folder, as the build reads it (cmake/row_tables.cpp).
struct RowTable {
    std::string_view file; // "kube.yml"
    std::vector<RuleRow> (*rows)();
};
extern const std::span<const RowTable> row_tables;

}
