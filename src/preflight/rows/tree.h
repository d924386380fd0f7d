#pragma once
#include "read/compose/compose_value.h"
#include "sys/data/yaml.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Wraps a value of a merged compose model or a YAML file, so that rows treat both alike.
namespace fairlead::preflight {

class Branch {
  public:
    Branch(const read::ComposeValue& value) : node_(&value) {}
    Branch(const sys::YamlNode& value) : node_(&value) {}

    std::optional<Branch> find(std::string_view key) const; // in a map; null counts as absent
    // Calls `each` for the entries of a map, with their keys, or of a list.
    void each(const std::function<void(std::string_view key, const Branch& child)>& each) const;
    bool is_scalar() const;
    std::string_view text() const; // text of a scalar
    bool is_known() const;         // it has no part that is filled in later: ${NAME}, $(NAME), {{ }}
    read::ComposePlace place() const;

  private:
    std::variant<const read::ComposeValue*, const sys::YamlNode*> node_;
};

// The target of a path.
struct Reached {
    std::optional<Branch> value;  // nothing: absent
    std::optional<Branch> holder; // the map where the last key is looked for; nothing: absent, too
    std::string key;              // the path's last key; for `*`, the entry's key
    read::ComposePlace place;     // place of the value, else of the last existing part; line 0: of the beginning
};
// Calls `reached` for each target of "ports.*.hostPort", starting at a map. A `*` without entries has no target.
void walk(const Branch& from, std::string_view path, const std::function<void(const Reached&)>& reached);

}
