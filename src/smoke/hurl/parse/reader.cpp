#include "smoke/hurl/parse/reader.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

bool is_plain_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_key_character(char c) {
    return is_plain_letter(c) || std::string_view("_-.[]@$").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool begins_comment(const Reader& reader) { return reader.peek() == '#'; }

}

Place File::place(Spot spot) const {
    constexpr std::size_t longest_excerpt = 4096;
    Place place{name, spot.line, spot.column, {}};
    const auto index = static_cast<std::size_t>(spot.line) - 1;
    if (index >= lines.size()) return place;
    const auto end = std::min(text.find_first_of("\r\n", lines[index]), lines[index] + longest_excerpt);
    place.excerpt = to_valid_utf8(std::string_view(text).substr(lines[index], end - lines[index]));
    return place;
}

void add_text(Template& to, std::string_view text, Spot spot) {
    if (text.empty()) return;
    if (to.pieces.empty() || to.pieces.back().kind != Piece::Kind::text) to.pieces.push_back({.spot = spot});
    to.pieces.back().text += text;
}

void trim_end(Template& text) {
    if (text.pieces.empty() || text.pieces.back().kind != Piece::Kind::text) return;
    auto& last = text.pieces.back().text;
    last.erase(last.find_last_not_of(" \t") + 1);
    if (last.empty()) text.pieces.pop_back();
}

void Reader::skip(std::size_t bytes) {
    const auto end = std::min(text_.size(), at_ + bytes);
    while (at_ < end) take_character();
}

std::string_view Reader::take_character() {
    const auto begin = at_++;
    while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0) == 0x80) ++at_;
    if (text_[begin] == '\n') {
        ++spot_.line;
        spot_.column = 1;
    } else {
        ++spot_.column;
    }
    return text_.substr(begin, at_ - begin);
}

bool Reader::take(std::string_view word) {
    if (!sees(word)) return false;
    skip(word.size());
    return true;
}

bool Reader::skip_blanks() {
    const auto before = at_;
    while (peek() == ' ' || peek() == '\t') take_character();
    return at_ > before;
}

Error Reader::expected(std::string_view what) const {
    if (at_end()) return wrong(spot_, fmt::format("expected {}, but the file ends here", what));
    if (at_line_end()) return wrong(spot_, fmt::format("expected {}, but the line ends here", what));
    const auto line = rest().substr(0, rest().find_first_of("\r\n"));
    const auto found = line.substr(0, line.find_first_of(" \t", 1));
    return wrong(spot_, fmt::format("expected {}, not '{}'", what, shortened(found, 40)));
}

Result<void> Reader::end_line() {
    skip_blanks();
    if (peek() == '#')
        while (!at_line_end()) take_character();
    if (at_end()) return {};
    if (!at_line_end()) return expected("the end of the line");
    skip(peek() == '\r' ? 2 : 1);
    return {};
}

void Reader::skip_empty_lines() {
    while (!at_end()) {
        const auto begin = mark();
        skip_blanks();
        if (peek() == '#')
            while (!at_line_end()) take_character();
        if (!at_line_end()) return back(begin);
        if (!at_end()) skip(peek() == '\r' ? 2 : 1);
    }
}

Result<std::optional<Placeholder>> Reader::try_placeholder() {
    if (!take("{{")) return std::optional<Placeholder>();
    skip_blanks();
    Placeholder read{{}, spot_};
    read.name = take_while([](char c) { return is_plain_letter(c) || c == '_' || c == '-'; });
    if (read.name.empty() && peek() == '$')
        return wrong(spot_, "Hurl has no dynamic variables with $; use {{newUuid}}, {{newDate}} or a variable");
    if (read.name.empty()) return expected("the name of a variable: letters, digits, _ and -");
    if (read.name == "getEnv")
        return wrong(read.spot,
                     "the function 'getEnv' is not supported by fairlead-smoke; give the value with --variable "
                     "or the environment variable HURL_VARIABLE_name");
    skip_blanks();
    if (!take("}}")) return expected("}} after the name of the variable");
    return std::optional(read);
}

Result<std::string> Reader::escaped(std::string_view others) {
    const auto spot = spot_;
    const char c = peek();
    const auto refused = [&] { return wrong(spot, "this character can't be escaped; write \\\\ for a backslash"); };
    if (at_end()) return refused();
    if (others.find(c) != std::string_view::npos) return std::string(take_character());
    constexpr std::pair<char, char> meanings[] = {{'\\', '\\'}, {'b', '\b'}, {'f', '\f'},
                                                  {'n', '\n'},  {'r', '\r'}, {'t', '\t'}};
    for (const auto& [letter, meaning] : meanings)
        if (c == letter) {
            take_character();
            return std::string(1, meaning);
        }
    if (c != 'u') return refused();
    take_character();
    if (!take("{")) return expected("{ and a hexadecimal number, as in \\u{e9}");
    const auto digits = take_while([](char d) { return is_plain_letter(d); });
    std::uint32_t code = 0;
    bool valid = !digits.empty() && digits.size() <= 6;
    for (const char d : digits) {
        const auto value = std::string_view("0123456789abcdef").find(static_cast<char>(d | 0x20));
        valid = valid && (value != std::string_view::npos);
        code = code * 16 + static_cast<std::uint32_t>(value & 15);
    }
    if (!valid || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return wrong(spot, "this is not the number of a Unicode character; write it like \\u{e9}");
    if (!take("}")) return expected("} after the number");
    std::string utf8;
    append_utf8(utf8, code);
    return utf8;
}

Result<void> Reader::add_piece(Template& read, Escapes escapes, std::string_view others, Placeholders placeholders) {
    const auto spot = spot_;
    if (placeholders == Placeholders::yes) {
        if (const auto found = TRY(try_placeholder())) {
            read.pieces.push_back({Piece::Kind::placeholder, found->name, found->spot});
            return {};
        }
    }
    if (escapes == Escapes::yes && take("\\")) {
        const auto meaning = TRY(escaped(others));
        add_text(read, meaning, spot);
    } else {
        add_text(read, take_character(), spot);
    }
    return {};
}

Result<Template> Reader::quoted() {
    if (!take("\"")) return expected("a text in double quotes");
    auto read = TRY(text_until([](const Reader& r) { return r.peek() == '"' || r.at_line_end(); }, Escapes::yes, "\""));
    if (!take("\"")) return expected("\" at the end of the text");
    return read;
}

Result<std::optional<Template>> Reader::try_key() {
    if (peek() == '[') return std::optional<Template>(); // a section, or what should be one
    const auto begin = mark();
    auto read =
        text_until([](const Reader& r) { return !is_key_character(r.peek()) && r.peek() != '\\' && !r.sees("{{"); },
                   Escapes::yes, "#:");
    if (!read.ok() || read->empty()) {
        back(begin);
        return std::optional<Template>();
    }
    return std::optional(std::move(read).value());
}

Result<Template> Reader::value_of_line() {
    auto read =
        TRY(text_until([](const Reader& r) { return begins_comment(r) || r.at_line_end(); }, Escapes::yes, "#"));
    trim_end(read);
    return read;
}

Result<Template> Reader::file_name(std::string_view ends) {
    const auto is_over = [&](const Reader& r) {
        return r.at_line_end() || begins_comment(r) || r.peek() == ' ' || r.peek() == '\t' ||
               ends.find(r.peek()) != std::string_view::npos;
    };
    auto read = TRY(text_until(is_over, Escapes::yes, "#; {}[]:"));
    if (read.empty()) return expected("the name of a file");
    return read;
}

}
