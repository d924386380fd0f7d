#pragma once
#include "smoke/hurl/parse/reader.h"
#include "smoke/hurl/syntax.h"

// The parts of the grammar, in one file each. As in reader.h, `try_x` returns nothing if there is no x at the current
// position.
namespace fairlead::smoke::hurl {

Result<std::optional<Body>> try_body(Reader& reader); // parse_body.cpp
// Reads one JSON value as written, with its placeholders (parse_json.cpp). Nothing: no JSON begins here.
Result<std::optional<Template>> try_json(Reader& reader);

Result<std::optional<Query>> try_query(Reader& reader); // parse_assert.cpp
Result<Capture> read_capture(Reader& reader, Template name, Spot spot);
Result<std::optional<Assert>> try_assert(Reader& reader);

// Reads `key: value` of [Options], without the end of the line (parse_option.cpp). Nothing: there is no `key:` here.
Result<std::optional<OptionUse>> try_option(Reader& reader);

// Reads the comments above an entry, which begin at `spot`: sets the entry's name and its changes of cookies
// (parse_comment.cpp). Error (usage): a malformed cookie.
Result<void> read_comment(const Reader& reader, std::string_view above, Spot spot, Entry& entry);

// base64,…; hex,…; and file,…; (parse_body.cpp)
struct Embedded {
    std::optional<FileName> file;
    std::string bytes;
    Spot spot; // after the comma
};
Result<std::optional<Embedded>> try_embedded(Reader& reader);
Result<std::optional<Template>> try_one_line(Reader& reader); // `text` in backquotes

// Returns "; did you mean 'x'?" with the word of `words` nearest to `word`; empty if none is near.
std::string near(std::string_view word, const std::vector<std::string_view>& words);

}
