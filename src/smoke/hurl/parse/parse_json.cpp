#include "base/text.h"
#include "smoke/hurl/parse/grammar.h"
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

constexpr int deepest_json = 1000;

bool is_json_digit(char c) { return c >= '0' && c <= '9'; }

// Copies JSON as it is written; placeholders become pieces. Errors stand where Hurl has them.
class JsonReader {
  public:
    explicit JsonReader(Reader& reader) : reader_(reader), read_{.spot = reader.spot()} {}
    Result<bool> value(int depth); // false: no value begins here
    Template take() && { return std::move(read_); }

  private:
    void copy(std::size_t bytes = 1) {
        const auto begin = reader_.mark();
        reader_.skip(bytes);
        add_text(read_, reader_.since(begin), begin.spot);
    }
    void copy_space() {
        while (reader_.peek() == ' ' || reader_.peek() == '\t' || reader_.peek() == '\n' || reader_.peek() == '\r')
            copy();
    }
    Result<void> placeholder(Piece::Kind kind) {
        auto found = TRY(reader_.try_placeholder());
        read_.pieces.push_back({kind, found->name, found->spot});
        return {};
    }
    Result<void> text();
    Result<void> number();
    Result<void> unicode();
    Result<void> list(int depth);
    Result<void> object(int depth);
    Result<void> elements(char closing, int depth);
    Result<void> member(int depth);

    Reader& reader_;
    Template read_;
};

Result<void> JsonReader::text() {
    copy(); // the quote
    while (reader_.peek() != '"') {
        const char c = reader_.peek();
        if (reader_.at_end() || (static_cast<unsigned char>(c) < 0x20))
            return reader_.expected("\" at the end of the JSON text");
        if (reader_.sees("{{")) {
            TRY_VOID(placeholder(Piece::Kind::json_string));
        } else if (c == '\\') {
            const char next = reader_.peek(1);
            if (std::string_view("\"\\/bfnrtu").find(next) == std::string_view::npos || next == '\0') {
                reader_.skip(1);
                return reader_.expected("one of \" \\ / b f n r t u after a backslash in a JSON text");
            }
            if (next == 'u')
                TRY_VOID(unicode());
            else
                copy(2);
        } else {
            copy();
        }
    }
    copy();
    return {};
}

// \uXXXX; a high surrogate is followed by a low one.
Result<void> JsonReader::unicode() {
    const auto code_at = [&](std::size_t at) -> unsigned {
        unsigned code = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto digits = from_hex(std::string("0") + reader_.peek(at + i));
            if (!digits) return 0x110000;
            code = code * 16 + static_cast<unsigned char>((*digits)[0]);
        }
        return code;
    };
    const auto code = code_at(2);
    const bool high = code >= 0xD800 && code < 0xDC00;
    const auto low = high && reader_.peek(6) == '\\' && reader_.peek(7) == 'u' ? code_at(8) : 0;
    const bool is_pair = high && low >= 0xDC00 && low < 0xE000;
    if (code > 0xFFFF || (code >= 0xD800 && code < 0xE000 && !is_pair))
        return reader_.wrong(reader_.spot(), "JSON needs four hexadecimal digits of a character after \\u");
    copy(is_pair ? 12 : 6);
    return {};
}

Result<void> JsonReader::number() {
    if (reader_.peek() == '-') copy();
    if (!is_json_digit(reader_.peek())) return reader_.expected("a digit of a JSON number");
    const bool zero = reader_.peek() == '0';
    copy();
    while (!zero && is_json_digit(reader_.peek())) copy();
    if (reader_.peek() == '.') {
        copy();
        if (!is_json_digit(reader_.peek())) return reader_.expected("a digit after the point of a JSON number");
        while (is_json_digit(reader_.peek())) copy();
    }
    if (reader_.peek() == 'e' || reader_.peek() == 'E') {
        add_text(read_, "e", reader_.spot()); // as Hurl sends it
        reader_.skip(1);
        if (reader_.peek() == '+' || reader_.peek() == '-') copy();
        if (!is_json_digit(reader_.peek())) return reader_.expected("a digit of the exponent of a JSON number");
        while (is_json_digit(reader_.peek())) copy();
    }
    return {};
}

Result<void> JsonReader::member(int depth) {
    if (reader_.peek() != '"') return reader_.expected("the name of a JSON member, in double quotes");
    TRY_VOID(text());
    copy_space();
    if (reader_.peek() != ':') return reader_.expected(": after the name of a JSON member");
    copy();
    copy_space();
    if (!TRY(value(depth + 1))) return reader_.expected("a JSON value");
    return {};
}

// Behind the opening bracket; a comma that nothing follows is where the error is.
Result<void> JsonReader::elements(char closing, int depth) {
    copy();
    copy_space();
    Spot comma{};
    for (bool first = true; reader_.peek() != closing; first = false) {
        if (!first) {
            if (reader_.peek() != ',') return reader_.expected(fmt::format(", or {} in JSON", closing));
            comma = reader_.spot();
            copy();
            copy_space();
            if (reader_.peek() == closing)
                return reader_.wrong(comma, fmt::format("JSON allows no comma before {}; remove the comma", closing));
        }
        if (closing == '}') {
            TRY_VOID(member(depth));
        } else if (!TRY(value(depth + 1))) {
            return reader_.expected("a JSON value");
        }
        copy_space();
    }
    copy();
    return {};
}

Result<bool> JsonReader::value(int depth) {
    if (depth > deepest_json)
        return reader_.wrong(reader_.spot(), fmt::format("this JSON is deeper than {}", deepest_json));
    const char c = reader_.peek();
    if (reader_.sees("{{")) {
        TRY_VOID(placeholder(Piece::Kind::json_value));
    } else if (c == '{') {
        TRY_VOID(elements('}', depth));
    } else if (c == '[') {
        TRY_VOID(elements(']', depth));
    } else if (c == '"') {
        TRY_VOID(text());
    } else if (c == '-' || is_json_digit(c)) {
        TRY_VOID(number());
    } else {
        for (const std::string_view word : {"true", "false", "null"})
            if (reader_.sees(word)) {
                copy(word.size());
                return true;
            }
        return false;
    }
    return true;
}

}

Result<std::optional<Template>> try_json(Reader& reader) {
    JsonReader json(reader);
    if (!TRY(json.value(0))) return std::optional<Template>();
    return std::optional(std::move(json).take());
}

}
