#pragma once
#include "base/day.h"
#include "preflight/checklists/item.h"
#include "sys/data/yaml.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

// Parses the text of a checklist's file strictly. Error (usage), at its place: invalid YAML; an unknown key, rule, fact
// or command; a command that changes things; a repeated id; an item with neither instructions nor a proof.
Result<Checklist> read_checklist(std::string_view text, const std::string& file, const std::string& name);

// Reads a map of a checklist or a sign-off file strictly.
class MapReader {
  public:
    MapReader(const sys::YamlNode& map, std::string_view text, const std::string& file)
        : map_(map), text_(text), file_(file) {}
    Result<void> allow(std::initializer_list<std::string_view> keys) const; // error: it isn't a map, or has another key
    Result<std::string> text(std::string_view key, std::string_view fallback = {}) const; // one line
    Result<std::string> needed(std::string_view key) const;
    Result<std::vector<std::string>> texts(std::string_view key) const;
    const sys::YamlNode* find(std::string_view key) const { return map_.find(key); }
    Error error(std::string message) const;                       // places the error at the map
    Error error(std::string_view key, std::string message) const; // places the error at the key's value
    Place place(const sys::YamlNode& node) const;

  private:
    const sys::YamlNode& map_;
    std::string_view text_;
    const std::string& file_;
};

bool is_item_id(std::string_view text);      // a lower-case letter, then lower-case letters, digits and '-'; at most 64
SystemTime end_of_day(std::string_view day); // for a text that passes is_day()

}
