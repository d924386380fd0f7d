#include "deploy/compose/labels.h"

namespace fairlead::deploy {

std::string label(std::string_view name) { return "dev.fairlead." + std::string(name); }

std::string of_label(const Labels& labels, std::string_view name) {
    const auto found = labels.find(std::string(name));
    return found == labels.end() ? std::string() : found->second;
}

std::string labelled(std::string_view label, std::string_view value) {
    return std::string(label) + "=" + std::string(value);
}

}
