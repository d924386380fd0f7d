#pragma once
#include "config/config.h"
#include <map>

namespace fairlead::config {

// One fairlead.yml as it was read; Values point into it and keep it alive.
struct Document {
    std::string file;   // as named
    std::string folder; // absolute
    std::string text;
    sys::YamlNode root;
    mutable std::map<std::string, sys::YamlNode> merged; // "environment/tool" -> the section laid over

    Place place(const sys::YamlNode& node) const;
};

// Checks the map at `path` (empty: the whole file) against its rows. Keys that must be there may stand in the common
// section or in the environment's: only when one is laid over the other they are missed.
enum class Missing { allowed, refused };
Result<void> validate(const sys::YamlNode& node, const std::string& path, std::span<const Field> fields,
                      Missing missing, const Document& document);

// Replaces ${A}, ${A:-d}, ${A:?m} and $${ in every value below `node`; keys stay. `secrets`: names that must not be
// interpolated.
Result<void> interpolate(sys::YamlNode& node, const Document& document, const sys::Environment& environment,
                         const std::vector<std::string>& secrets);
bool holds_interpolation(std::string_view text);

}
