#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Parses YAML 1.2 into plain values with their places. Error (usage), with its place: over 1 MiB, not UTF-8, NUL bytes
// or other control characters, over 100,000 nodes, over 100 levels, a duplicate key, or syntax that the dialect lacks.
namespace fairlead::sys {

inline constexpr std::size_t yaml_size_limit = 1u << 20; // bytes; callers need not read more than one byte beyond it

struct YamlNode {
    YamlNode(); // defined in the .cpp: clang 14 can't make a pair of nodes inside of their own definition
    enum class Kind { null, scalar, list, map };
    Kind kind = Kind::null;
    std::string scalar;
    std::string tag;             // "!reset" or "!override", in a dialect that has them
    bool quoted = false;         // "true" in quotes is text
    bool settled = false;        // a reader replaced ${...} in the scalar; any ${...} left is plain text
    int line = 0;                // from 1
    int column = 0;              // code points, from 1
    std::vector<YamlNode> items; // if `kind` is list
    std::vector<std::pair<YamlNode, YamlNode>> entries; // if `kind` is map, in the file's order
    const YamlNode* find(std::string_view key) const;   // in a map; null if absent
};

enum class YamlDialect {
    strict, // fairlead.yml: one document without merge keys `<<`, anchors and aliases; no tag except !!str
    // Compose files (compose-spec, "Fragments" and "Merge and override"): also merge keys, anchors, aliases, the tags
    // of YAML's core schema, !reset and !override. A value from an alias or a merge key keeps the place where it is
    // written.
    compose,
};

Result<YamlNode> parse_yaml(std::string_view text, const std::string& file_name); // strict
// Returns one value per document; a null value for a text without documents.
Result<std::vector<YamlNode>> parse_yaml_documents(std::string_view text, const std::string& file_name,
                                                   YamlDialect dialect);

}
