#pragma once
#include "sys/data/yaml.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::read {

// The place of a value. `file`: index in ComposeProject::files. Line and column (code points) count from 1; 0: no
// place.
struct ComposePlace {
    int file = 0;
    int line = 0, column = 0;
};

// A value of a compose model. After a merge, the place is in the file that had priority.
struct ComposeValue {
    enum class Kind { null, scalar, list, map };
    enum class Tag { none, reset, override };

    std::string key; // in a map's entry
    ComposePlace key_place;
    Kind kind = Kind::null;
    std::string text;          // text of a scalar: interpolated, with paths from the project's root
    std::string written;       // text in the file, if different; for a map that was a short form, the short form
    bool quoted = false;       // text in quotes or a block: "yes" is not a boolean, "22:22" is not a number
    bool interpolated = false; // the text contained a $
    bool borrowed = false;     // a variable's value is part of the text
    bool unset = false;        // part of it is a variable that isn't set and has no default
    bool from_list = false;    // the map's entry was written as NAME=value in a list
    bool short_form = false;   // the map or list was written as one text
    bool resolved = false;     // the path is already relative to the project's root
    Tag tag = Tag::none;
    ComposePlace place;
    std::vector<ComposeValue> items; // of a list or a map, in the files' order

    bool is_scalar() const { return kind == Kind::scalar; }
    bool is_list() const { return kind == Kind::list; }
    bool is_map() const { return kind == Kind::map; }
    const ComposeValue* find(std::string_view key) const; // in a map; null if absent
    ComposeValue* find(std::string_view key);
    const ComposeValue* at(std::string_view path) const;   // "deploy.resources.limits.memory"
    std::string_view text_at(std::string_view path) const; // text of a scalar; empty: absent
    std::string_view as_written() const { return written.empty() ? std::string_view(text) : written; }
};

ComposeValue compose_value(const sys::YamlNode& node, int file);
ComposeValue compose_text(std::string text, const ComposeValue& at); // a scalar at that place
std::size_t count_values(const ComposeValue& value);
bool says_the_same(const ComposeValue& one, const ComposeValue& other); // ignores places

// Returns the text to which compose converts a plain scalar: 1.10 becomes 1.1, 0x10 becomes 16, yes stays. Quoted and
// interpolated scalars are already text.
std::string plain_text(const ComposeValue& scalar);
bool is_plain_text(const ComposeValue& scalar); // false: a number, a boolean or a null in YAML

}
