#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

// What a value is. One vocabulary for a tool's inputs (src/cli) and for the keys of fairlead.yml (src/config).
enum class Type {
    text,
    boolean,
    integer,
    count,      // 0 and up
    positive,   // 1 and up
    up_to_1000, // 1 to 1000
    number,
    duration,
    size,
    share,     // "5%"
    percent,   // "79.5", "79.5%"
    limit,     // a count or a percentage of all
    age,       // a duration, or off
    day,       // "2026-03-31"
    status,    // of HTTP: "200", "200-299", "2xx"
    route,     // of a URL: "/health"
    url,       // http or https
    text_list, // YAML list or scalar; flag or input: commas, newlines
    commands,  // a list of lists of words
    secret,    // no flag, never printed
    map,       // children say which keys
    map_list,  // a list of maps
    open_map,  // free keys, values as the single child says
    any,       // checked by the domain
};

enum class Needed { optional, required };

// One key of fairlead.yml. `children` belongs to map, map_list and open_map (there: one row, its name unused).
struct Field {
    std::string_view name;
    Type type = Type::text;
    std::string_view help;
    std::vector<std::string_view> allowed = {}; // empty: anything
    std::span<const Field> children = {};
    Needed needed = Needed::optional;
    bool or_text = false;   // a map that may also be written as a plain word (`strategy: blue-green`)
    Type item = Type::text; // of a text_list
    // It goes with these values of the key `kind` beside it, and with no other; empty: with all.
    std::vector<std::string_view> of = {};
    std::string fallback = {}; // what counts where it isn't written, for people; empty: nothing to say
    // It names a file whose content is believed, as a key or a certificate is: config::believed_file reads it, and
    // nobody else (tests/cli/believed_files.py).
    bool believed = false;
};

const Field* find_field(std::span<const Field> fields, std::string_view name); // null: there is none

std::string_view name_of(Type type); // "duration", for messages and the schema

}
