#pragma once
#include "preflight/checklists/item.h"
#include "sys/data/yaml.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

// The text of a checklist's file. Strict. Error (usage), at its place: no YAML of ours, a key, a rule, a fact or a
// command that is unknown, a command that acts, an id that is there twice, an item that says neither what to do nor
// what proves it.
Result<Checklist> read_checklist(std::string_view text, const std::string& file, const std::string& name);

// A map of a file of ours, read strictly: for checklists and sign-offs.
class MapReader {
  public:
    MapReader(const sys::YamlNode& map, std::string_view text, const std::string& file)
        : map_(map), text_(text), file_(file) {}
    Result<void> allow(std::initializer_list<std::string_view> keys) const; // that it is a map, with no other key
    Result<std::string> text(std::string_view key, std::string_view fallback = {}) const; // one line
    Result<std::string> needed(std::string_view key) const;
    Result<std::vector<std::string>> texts(std::string_view key) const;
    const sys::YamlNode* find(std::string_view key) const { return map_.find(key); }
    Error error(std::string message) const;                       // at the map
    Error error(std::string_view key, std::string message) const; // at that key's value
    Place place(const sys::YamlNode& node) const;

  private:
    const sys::YamlNode& map_;
    std::string_view text_;
    const std::string& file_;
};

bool is_item_id(std::string_view text);      // a small letter, then small letters, digits and '-'; at most 64
bool is_day(std::string_view text);          // "2026-03-31", a day that there is
SystemTime end_of_day(std::string_view day); // of one that is_day()

}
