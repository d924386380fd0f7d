#include "deploy/instance.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::deploy {

std::string name_of(const Instance& instance) {
    auto name = instance.slot;
    if (!instance.process.empty()) name += "-" + instance.process;
    return instance.number == 1 ? name : fmt::format("{}.{}", name, instance.number);
}

bool is_slot(std::string_view name) { return name == "a" || name == "b"; }

std::optional<Instance> instance_of(std::string_view name) {
    if (!is_slot(name.substr(0, 1))) return std::nullopt;
    Instance instance{.slot = std::string(name.substr(0, 1))};
    name.remove_prefix(1);
    if (const auto dot = name.rfind('.'); dot != name.npos) {
        const auto number = parse_integer(name.substr(dot + 1));
        if (!number.ok() || number.value() < 2 || number.value() > 1000) return std::nullopt;
        instance.number = static_cast<int>(number.value());
        name = name.substr(0, dot);
    }
    if (name.empty()) return instance;
    if (name[0] != '-' || name.size() == 1) return std::nullopt;
    instance.process = std::string(name.substr(1));
    return instance;
}

}
