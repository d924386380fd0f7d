#include "base/foreign_actions.h"
#include <fmt/format.h>

namespace fairlead {

namespace {

constexpr ForeignAction table[] = {
    {"actions/attest", "v4.2.2", "1e69f48acb82d1966a394da916b4c1698aa569d6", 24},
    {"actions/cache", "v5.0.1", "9255dc7a253b0ccc959486e2bca901246202afeb", 24},
    {"actions/checkout", "v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1", 24},
    {"actions/download-artifact", "v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", 24},
    {"actions/setup-go", "v7.0.0", "b7ad1dad31e06c5925ef5d2fc7ad053ef454303e", 24},
    {"actions/setup-java", "v5.7.0", "b6effb05e454b25005698d916606bdc6ffcbf961", 24},
    {"actions/setup-node", "v7.0.0", "820762786026740c76f36085b0efc47a31fe5020", 24},
    {"actions/setup-python", "v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97", 24},
    {"actions/upload-artifact", "v7.0.0", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", 24},
};

}

std::span<const ForeignAction> foreign_actions() { return table; }

std::string uses(std::string_view name) {
    for (const auto& row : table)
        if (row.name == name) return fmt::format("{}@{} # {}", row.name, row.commit, row.version);
    return "";
}

}
