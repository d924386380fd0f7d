#include "base/text.h"
#include "smoke/hurl/options.h"
#include "smoke/hurl/parse/grammar.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

bool is_option_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '.' || c == '_';
}

Result<Literal> read_boolean(Reader& reader) {
    Literal read{.is = {}, .spot = reader.spot()};
    if (auto placeholder = TRY(reader.try_placeholder()))
        read.is = *placeholder;
    else if (reader.take("true"))
        read.is = Value{true};
    else if (reader.take("false"))
        read.is = Value{false};
    else
        return reader.expected("true, false or {{name}}");
    return read;
}

Result<Literal> read_integer(Reader& reader) {
    Literal read{.is = {}, .spot = reader.spot()};
    if (auto placeholder = TRY(reader.try_placeholder())) {
        read.is = *placeholder;
        return read;
    }
    const auto number = parse_integer(reader.take_while([](char c) { return c == '-' || is_digit(c); }));
    if (!number.ok() || number.value() < -1)
        return reader.wrong(read.spot, "expected a whole number, -1 for no limit, or {{name}}");
    read.is = Value{number.value()};
    return read;
}

Result<Literal> read_wait(Reader& reader, OptionKind kind) {
    Literal read{.is = {}, .spot = reader.spot()};
    if (auto placeholder = TRY(reader.try_placeholder())) {
        read.is = *placeholder;
        return read;
    }
    const auto text = reader.take_while(is_option_character);
    const auto wait = parse_wait(text, kind);
    if (!wait.ok()) return reader.wrong(read.spot, wait.error().message);
    read.is = Value{text};
    return read;
}

// `name=value`: the value has the type that it looks like.
Result<Literal> read_variable(Reader& reader, OptionUse& use) {
    std::string& name = use.variable;
    name = reader.take_while(
        [](char c) { return c != '=' && c != '#' && c != ' ' && c != '\t' && c != '\n' && c != '\r'; });
    reader.skip_blanks();
    if (name.empty() || !reader.take("=")) return reader.expected("name=value");
    reader.skip_blanks();
    Literal read{.is = {}, .spot = reader.spot()};
    use.is_quoted = reader.peek() == '"';
    auto text = use.is_quoted ? reader.quoted() : reader.value_of_line();
    if (!text.ok()) return std::move(text).error();
    read.is = std::move(text).value();
    return read;
}

Result<Literal> read_value(Reader& reader, OptionUse& use) {
    switch (use.row->kind) {
    case OptionKind::boolean: return read_boolean(reader);
    case OptionKind::integer: return read_integer(reader);
    case OptionKind::milliseconds:
    case OptionKind::seconds: return read_wait(reader, use.row->kind);
    case OptionKind::variable: return read_variable(reader, use);
    case OptionKind::file: {
        Literal read{.is = {}, .spot = reader.spot()};
        read.is = TRY(reader.file_name(""));
        return read;
    }
    case OptionKind::text:
    case OptionKind::unsupported: break;
    }
    Literal read{.is = {}, .spot = reader.spot()};
    auto text = TRY(reader.value_of_line());
    if (text.empty()) return reader.expected("a value");
    read.is = std::move(text);
    return read;
}

}

Result<std::optional<OptionUse>> try_option(Reader& reader) {
    const auto begin = reader.mark();
    const auto name = reader.take_while(is_option_character);
    reader.skip_blanks();
    if (name.empty() || !reader.take(":")) {
        reader.back(begin);
        return std::optional<OptionUse>();
    }
    OptionUse use{.row = find_option(name), .value = {}, .variable = {}, .spot = begin.spot};
    if (use.row == nullptr) {
        std::vector<std::string_view> known;
        for (const auto& row : option_rows()) known.push_back(row.name);
        return reader.wrong(begin.spot, fmt::format("'{}' is not an option{}", name, near(name, known)));
    }
    if (use.row->kind == OptionKind::unsupported)
        return reader.wrong(begin.spot, fmt::format("option '{}' is not supported by fairlead-smoke; remove it, or run "
                                                    "this file with hurl",
                                                    name));
    reader.skip_blanks();
    use.value = TRY(read_value(reader, use));
    return std::optional(std::move(use));
}

}
