#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// YAML 1.2 as plain values with their places. Refused, each with its place (Kind::usage): over 1 MiB, not UTF-8,
// NUL bytes and other control characters, over 100,000 nodes, over 100 levels, duplicate keys, and what the dialect
// doesn't have.
namespace fairlead::sys {

inline constexpr std::size_t yaml_size_limit = 1u << 20; // bytes; one more need not be read

struct YamlNode {
    YamlNode(); // out of line: clang 14 can't make a pair of nodes inside of their own definition
    enum class Kind { null, scalar, list, map };
    Kind kind = Kind::null;
    std::string scalar;
    std::string tag;                                    // "!reset" or "!override", in a dialect that has them
    bool quoted = false;                                // "true" in quotes is text
    bool settled = false;                               // a reader replaced its ${...}; what is left of such is text
    int line = 0;                                       // from 1
    int column = 0;                                     // code points, from 1
    std::vector<YamlNode> items;                        // list
    std::vector<std::pair<YamlNode, YamlNode>> entries; // map, in the file's order
    const YamlNode* find(std::string_view key) const;   // of a map
};

enum class YamlDialect {
    strict,  // fairlead.yml: one document without merge keys `<<`, anchors and aliases, no tag but !!str
    compose, // Compose files (compose-spec, "Fragments" and "Merge and override"): all of these, the tags of YAML's
             // core schema, !reset and !override. What an alias or a merge key brings keeps the place where it is
             // written.
};

Result<YamlNode> parse_yaml(std::string_view text, const std::string& file_name); // strict
// One per document; of a text without any a null.
Result<std::vector<YamlNode>> parse_yaml_documents(std::string_view text, const std::string& file_name,
                                                   YamlDialect dialect);

}
