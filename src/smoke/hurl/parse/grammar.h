#pragma once
#include "smoke/hurl/parse/reader.h"
#include "smoke/hurl/syntax.h"

// The parts of the grammar, one file each. As in reader.h, `try_x` returns nothing if there is no x here.
namespace fairlead::smoke::hurl {

Result<std::optional<Body>> try_body(Reader& reader); // parse_body.cpp
// Reads one JSON value with its placeholders as it is written (parse_json.cpp). Nothing: no JSON begins here.
Result<std::optional<Template>> try_json(Reader& reader);

Result<std::optional<Query>> try_query(Reader& reader); // parse_assert.cpp
Result<Capture> read_capture(Reader& reader, Template name, Spot spot);
Result<std::optional<Assert>> try_assert(Reader& reader);

// Reads `key: value` of [Options], without the end of the line (parse_option.cpp). Nothing: there is no `key:` here.
Result<std::optional<OptionUse>> try_option(Reader& reader);

// Sets the name of the entry, and what the comments above it, which begin at `spot`, do to the cookies
// (parse_comment.cpp). Error (usage): a malformed cookie.
Result<void> read_comment(const Reader& reader, std::string_view above, Spot spot, Entry& entry);

// base64,…; hex,…; and file,…; (parse_body.cpp)
struct Embedded {
    std::optional<FileName> file;
    std::string bytes;
    Spot spot; // behind the comma
};
Result<std::optional<Embedded>> try_embedded(Reader& reader);
Result<std::optional<Template>> try_one_line(Reader& reader); // `text` in backquotes

// The word of `words` nearest to a mistyped one, as "; did you mean 'x'?"; empty if none is near.
std::string near(std::string_view word, const std::vector<std::string_view>& words);

}
