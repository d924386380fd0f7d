#pragma once
#include "read/compose_value.h"
#include "sys/data/yaml.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// A value of a merged compose model or of a YAML file, so that a row is asked of both alike.
namespace fairlead::preflight {

class Branch {
  public:
    Branch(const read::ComposeValue& value) : node_(&value) {}
    Branch(const sys::YamlNode& value) : node_(&value) {}

    std::optional<Branch> find(std::string_view key) const; // of a map; a null isn't there
    // Of a map or a list, with the key of a map's.
    void each(const std::function<void(std::string_view key, const Branch& child)>& each) const;
    bool is_scalar() const;
    std::string_view text() const; // of a scalar
    bool is_known() const;         // nothing of it is put in later: ${NAME}, $(NAME), {{ }}
    read::ComposePlace place() const;

  private:
    std::variant<const read::ComposeValue*, const sys::YamlNode*> node_;
};

// What a path leads to.
struct Reached {
    std::optional<Branch> value;  // nothing: it isn't there
    std::optional<Branch> holder; // the map in which the last key is looked for; nothing: it isn't there either
    std::string key;              // the last one; of a `*` the entry's
    read::ComposePlace place;     // of the value, else of the last that is there; line 0: of the beginning
};
// "ports.*.hostPort" from a map on: each place it leads to. What a `*` finds no entries for leads nowhere.
void walk(const Branch& from, std::string_view path, const std::function<void(const Reached&)>& reached);

}
