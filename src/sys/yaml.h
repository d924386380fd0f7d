#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// YAML 1.2 as plain values with their places. Refused, each with its place (Kind::usage): over 1 MiB, not UTF-8,
// over 100,000 nodes, duplicate keys, merge keys `<<`, aliases and anchors, several documents, NUL bytes.
namespace fairlead::sys {

struct YamlNode {
    enum class Kind { null, scalar, list, map };
    Kind kind = Kind::null;
    std::string scalar;
    bool quoted = false; // "true" in quotes is text
    int line = 0;        // from 1
    int column = 0;      // code points, from 1
    std::vector<YamlNode> items;                            // list
    std::vector<std::pair<YamlNode, YamlNode>> entries;     // map, in the file's order
    const YamlNode* find(std::string_view key) const;       // of a map
};

Result<YamlNode> parse_yaml(std::string_view text, const std::string& file_name);

}
