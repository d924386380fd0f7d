#include "base/printable.h"
#include "base/text.h"
#include "smoke/hurl/parse/grammar.h"
#include "smoke/hurl/text_filters.h"
#include "sys/data/xpath.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

constexpr std::string_view fence = "```";

bool is_base64_letter(char c) {
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '+' || c == '/';
}

// RFC 4648, 4, as Hurl takes it: blanks and line ends anywhere, any padding or none, and bits beyond the last byte.
std::optional<std::string> bytes_of_base64(std::string_view text) {
    std::string letters(text.substr(0, text.find_last_not_of("= \t\r\n") + 1));
    std::erase_if(letters, [](char c) { return std::string_view(" \t\r\n").find(c) != std::string_view::npos; });
    if (!std::all_of(letters.begin(), letters.end(), is_base64_letter) || letters.size() % 4 == 1) return {};
    const auto size = letters.size() * 3 / 4;
    while (letters.size() % 4 != 0) letters += 'A';
    auto bytes = base64_bytes(letters, Base64::standard);
    if (bytes) bytes->resize(size);
    return bytes;
}

// What follows the three backquotes: the kind of the text and its attributes.
struct Fence {
    std::string kind;
    bool escapes = false, placeholders = true;
};

Result<Fence> read_fence(Reader& reader) {
    Fence fence_line;
    const auto spot = reader.spot();
    const auto line = reader.take_while([](char c) { return c != '\n' && c != '\r'; });
    bool first = true;
    for (const auto& part : split(line, ',')) {
        const std::string word(trim(part));
        if (word == "escape")
            fence_line.escapes = true;
        else if (word == "novariable")
            fence_line.placeholders = false;
        else if (first && word == "raw")
            fence_line.placeholders = false;
        else if (first && (word.empty() || word == "json" || word == "xml" || word == "graphql"))
            fence_line.kind = word;
        else
            return reader.wrong(spot,
                                fmt::format("'{}' can't follow three backquotes; expected json, xml, graphql, raw or "
                                            "the end of the line",
                                            shortened(word, 40)));
        first = false;
    }
    if (reader.at_end()) return reader.expected("a text that three backquotes end");
    TRY_VOID(reader.end_line());
    return fence_line;
}

Result<void> end_fence(Reader& reader) {
    if (!reader.take(fence)) return reader.expected("three backquotes at the end of the text");
    return {};
}

// A line `variables {…}` divides the query from its variables. Both lose the blanks around.
Result<Body> read_graphql(Reader& reader, Reader::Placeholders placeholders) {
    Body body{.kind = Body::Kind::graphql, .type = "application/json"};
    bool line_begins = true;
    const auto is_over = [&](const Reader& r) {
        const bool variables =
            line_begins && r.sees("variables") && (trim(r.rest().substr(9, r.rest().find('{') - 9)).empty());
        line_begins = r.peek() == '\n';
        return r.sees(fence) || variables;
    };
    body.text = TRY(reader.text_until(is_over, Reader::Escapes::no, "", placeholders));
    if (reader.take("variables")) {
        reader.skip_empty_lines();
        reader.skip_blanks();
        auto variables = TRY(try_json(reader));
        if (!variables) return reader.expected("a JSON object with the variables");
        body.variables = std::move(*variables);
        reader.skip_empty_lines();
        reader.skip_blanks();
    }
    return body;
}

Result<std::optional<Body>> try_fenced(Reader& reader) {
    if (!reader.take(fence)) return std::optional<Body>();
    const auto kind = TRY(read_fence(reader));
    const auto placeholders = kind.placeholders ? Reader::Placeholders::yes : Reader::Placeholders::no;
    Body body;
    if (kind.kind == "graphql") {
        body = TRY(read_graphql(reader, placeholders));
    } else {
        const auto is_over = [](const Reader& r) { return r.sees(fence); };
        body.text = TRY(
            reader.text_until(is_over, kind.escapes ? Reader::Escapes::yes : Reader::Escapes::no, "`", placeholders));
        body.type = kind.kind.empty() ? "" : "application/" + kind.kind;
    }
    TRY_VOID(end_fence(reader));
    body.spot = body.text.spot; // where Hurl says it
    return std::optional(std::move(body));
}

Result<std::optional<Body>> try_xml(Reader& reader) {
    if (reader.peek() != '<') return std::optional<Body>();
    const auto begin = reader.mark();
    const auto size = sys::end_of_xml(reader.rest());
    if (!size.ok())
        return reader.wrong(begin.spot, fmt::format("this is not XML: {} (line {} of it)", size.error().message,
                                                    std::max(size.error().place.line, 1)));
    reader.skip(size.value());
    Body body{.kind = Body::Kind::xml, .type = "application/xml", .spot = begin.spot};
    add_text(body.text, reader.since(begin), begin.spot);
    return std::optional(std::move(body));
}

}

Result<std::optional<Template>> try_one_line(Reader& reader) {
    if (reader.peek() != '`' || reader.sees(fence)) return std::optional<Template>();
    const auto spot = reader.spot();
    reader.skip(1);
    const auto is_over = [](const Reader& r) { return r.peek() == '`' || r.at_line_end(); };
    auto text = TRY(reader.text_until(is_over, Reader::Escapes::yes, "`#"));
    if (!reader.take("`")) return reader.expected("` at the end of the text");
    text.spot = spot;
    return std::optional(std::move(text));
}

Result<std::optional<Embedded>> try_embedded(Reader& reader) {
    Embedded found;
    const auto begin = reader.mark();
    const bool is_base64 = reader.sees("base64,");
    if (reader.take("file,")) {
        reader.skip_blanks();
        found.spot = reader.spot();
        auto name = TRY(reader.file_name(";"));
        name.spot = found.spot;
        found.file = FileName{std::move(name)};
    } else if (reader.take("base64,") || reader.take("hex,")) {
        found.spot = reader.spot();
        reader.skip_blanks();
        const auto text = reader.take_while([&](char c) {
            const bool is_line_end = c == '\n' || c == '\r';
            return c != ';' &&
                   (is_base64 ? is_line_end || c == '=' || c == ' ' || c == '\t' || is_base64_letter(c) : !is_line_end);
        });
        const auto bytes = is_base64 ? bytes_of_base64(text) : from_hex(trim(text));
        if (!bytes)
            return reader.wrong(found.spot, is_base64
                                                ? "this is not base64 (letters, digits, + and /)"
                                                : "this is not hexadecimal (an even number of digits, no blanks)");
        found.bytes = *bytes;
    } else {
        reader.back(begin);
        return std::optional<Embedded>();
    }
    if (!reader.take(";"))
        return reader.expected(is_base64 ? "base64 (letters, digits, + and /) and ; at the end" : "; at the end");
    return std::optional(std::move(found));
}

Result<std::optional<Body>> try_body(Reader& reader) {
    const auto spot = reader.spot();
    if (auto embedded = TRY(try_embedded(reader))) {
        Body body{.kind = embedded->file ? Body::Kind::file : Body::Kind::bytes, .spot = embedded->spot};
        if (embedded->file) body.text = std::move(embedded->file->name);
        body.bytes = std::move(embedded->bytes);
        return std::optional(std::move(body));
    }
    if (auto fenced = TRY(try_fenced(reader))) return fenced;
    if (auto line = TRY(try_one_line(reader))) return std::optional(Body{.text = std::move(*line), .spot = spot});
    if (auto xml = TRY(try_xml(reader))) return xml;
    auto json = TRY(try_json(reader));
    if (!json) return std::optional<Body>();
    return std::optional(
        Body{.kind = Body::Kind::json, .text = std::move(*json), .type = "application/json", .spot = spot});
}

}
