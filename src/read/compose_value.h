#pragma once
#include "sys/data/yaml.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::read {

// Where a value stands. `file` is an index of ComposeProject::files; line and column (code points) from 1, 0: nowhere.
struct ComposePlace {
    int file = 0;
    int line = 0, column = 0;
};

// A value of a compose model. Of merged ones the place is that of the file that won.
struct ComposeValue {
    enum class Kind { null, scalar, list, map };
    enum class Tag { none, reset, override };

    std::string key; // of a map's entry
    ComposePlace key_place;
    Kind kind = Kind::null;
    std::string text;    // of a scalar: interpolated, paths from the project's root
    std::string written; // as the file has it, where that is another text; of a short form that became a map, that
    bool quoted = false; // text in quotes or a block: "yes" is no switch, "22:22" no number
    bool interpolated = false; // the text held a $
    bool borrowed = false;     // part of it is what a variable was set to
    bool unset = false;        // part of it would be a variable that is set nowhere and has no default
    bool from_list = false;    // an entry of a map that was written NAME=value in a list
    bool short_form = false;   // a map or a list that was written as one text
    bool resolved = false;     // a path that is from the project's root already
    Tag tag = Tag::none;
    ComposePlace place;
    std::vector<ComposeValue> items; // of a list or a map, in the order of the files

    bool is_scalar() const { return kind == Kind::scalar; }
    bool is_list() const { return kind == Kind::list; }
    bool is_map() const { return kind == Kind::map; }
    const ComposeValue* find(std::string_view key) const; // of a map
    ComposeValue* find(std::string_view key);
    const ComposeValue* at(std::string_view path) const;   // "deploy.resources.limits.memory"
    std::string_view text_at(std::string_view path) const; // of a scalar; empty: there is none
    std::string_view as_written() const { return written.empty() ? std::string_view(text) : written; }
};

ComposeValue compose_value(const sys::YamlNode& node, int file);
ComposeValue compose_text(std::string text, const ComposeValue& at); // a scalar at that place
std::size_t count_values(const ComposeValue& value);
bool says_the_same(const ComposeValue& one, const ComposeValue& other); // wherever they stand

// What compose makes of a plain scalar where it wants text: 1.10 is 1.1, 0x10 is 16, yes stays. Quoted ones and those
// that were interpolated are text already.
std::string plain_text(const ComposeValue& scalar);
bool is_plain_text(const ComposeValue& scalar); // false: a number, a boolean or a null of YAML

}
