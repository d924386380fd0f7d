#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

// The type of a value, used for a tool's inputs (src/cli) and for the keys of fairlead.yml (src/config).
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
    limit,     // a count, or a percentage of all
    age,       // a duration, or "off"
    day,       // "2026-03-31"
    status,    // of HTTP: "200", "200-299", "2xx"
    route,     // path of a URL: "/health"
    url,       // http or https
    text_list, // YAML list or scalar; in a flag or input: separated by commas or newlines
    commands,  // a list of lists of words
    secret,    // never a flag, never printed
    map,       // `children` has the keys
    map_list,  // a list of maps
    open_map,  // free keys; the single child describes the values
    any,       // checked by the tool itself
};

enum class Needed { optional, required };

// One key of fairlead.yml. `children` is for map, map_list and open_map; for open_map it is one row without a name.
struct Field {
    std::string_view name;
    Type type = Type::text;
    std::string_view help;
    std::vector<std::string_view> allowed = {}; // empty: any value
    std::span<const Field> children = {};
    Needed needed = Needed::optional;
    bool or_text = false;   // a map that may also be a single word (`strategy: blue-green`)
    Type item = Type::text; // type of a text_list's items
    // The key is only allowed with these values of `kind` in the same map; empty: always allowed.
    std::vector<std::string_view> of = {};
    std::string fallback = {}; // shown default; empty: no default to show
    // The key names a file whose content is trusted, such as a key or a certificate. Only config::believed_file may
    // read it (tests/cli/believed_files.py).
    bool believed = false;
};

const Field* find_field(std::span<const Field> fields, std::string_view name); // null: absent

std::string_view name_of(Type type); // "duration", for messages and the schema

}
