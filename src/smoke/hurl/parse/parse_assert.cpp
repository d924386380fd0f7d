#include "base/text.h"
#include "smoke/hurl/parse/grammar.h"
#include "smoke/hurl/pattern.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

struct QueryRow {
    std::string_view name;
    Query::Kind kind;
    std::string_view operand; // what must follow, for messages; empty: nothing
};

// A name that another begins with stands behind it.
constexpr QueryRow query_rows[] = {
    {"status", Query::Kind::status, ""},
    {"version", Query::Kind::version, ""},
    {"url", Query::Kind::url, ""},
    {"ip", Query::Kind::ip, ""},
    {"header", Query::Kind::header, "the name of a header"},
    {"cookie", Query::Kind::cookie, "the name of a cookie"},
    {"body", Query::Kind::body, ""},
    {"bytes", Query::Kind::bytes, ""},
    {"rawbytes", Query::Kind::rawbytes, ""},
    {"xpath", Query::Kind::xpath, "an XPath expression"},
    {"jsonpath", Query::Kind::jsonpath, "a JSONPath"},
    {"regex", Query::Kind::regex, "a regular expression"},
    {"variable", Query::Kind::variable, "the name of a variable"},
    {"duration", Query::Kind::duration, ""},
    {"sha256", Query::Kind::sha256, ""},
    {"md5", Query::Kind::md5, ""},
    {"certificate", Query::Kind::certificate, "a field of the certificate"},
    {"redirects", Query::Kind::redirects, ""},
};

constexpr std::string_view certificate_fields[] = {"Subject",       "Issuer",           "Start-Date", "Expire-Date",
                                                   "Serial-Number", "Subject-Alt-Name", "Value"};
constexpr std::string_view cookie_attributes[] = {"Value", "Expires", "Max-Age",  "Domain",
                                                  "Path",  "Secure",  "HttpOnly", "SameSite"};

bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-';
}

template <typename Words>
std::string listed(const Words& words) {
    std::vector<std::string> all(std::begin(words), std::end(words));
    return one_of(all);
}

// /…/ with \/ for a slash; what it is as a pattern is checked at once.
Result<std::optional<std::string>> try_slashed(Reader& reader) {
    const auto spot = reader.spot();
    if (!reader.take("/")) return std::optional<std::string>();
    std::string pattern;
    while (reader.peek() != '/') {
        if (reader.at_end()) return reader.expected("/ at the end of the regular expression");
        if (reader.take("\\/"))
            pattern += '/';
        else if (reader.peek() == '\\' && reader.peek(1) != '\0') {
            pattern += reader.take_character();
            pattern += reader.take_character();
        } else
            pattern += reader.take_character();
    }
    reader.skip(1);
    const auto compiled = compile_expression(pattern);
    if (!compiled.ok()) return reader.wrong(spot, compiled.error().message);
    return std::optional(pattern);
}

Result<void> blanks_before(Reader& reader, std::string_view what) {
    if (!reader.skip_blanks()) return reader.expected(fmt::format("a blank and {}", what));
    return {};
}

// `cookie1[Max-Age]`: the brackets are no part of the name.
Result<void> divide_cookie(Reader& reader, Query& query, Spot spot) {
    auto& pieces = query.operand.pieces;
    const auto has_bracket = [](const Piece& piece) {
        return piece.kind == Piece::Kind::text && piece.text.find('[') != std::string::npos;
    };
    const auto piece = std::find_if(pieces.begin(), pieces.end(), has_bracket);
    if (piece == pieces.end()) return {};
    auto& text = piece->text;
    const auto open = text.find('[');
    const bool is_closed = piece + 1 == pieces.end() && text.ends_with(']');
    const std::string attribute(trim(text.substr(open + 1, text.size() - open - (is_closed ? 2 : 1))));
    const auto found = std::find_if(std::begin(cookie_attributes), std::end(cookie_attributes),
                                    [&](std::string_view one) { return lower(one) == lower(attribute); });
    if (found == std::end(cookie_attributes) || !is_closed) {
        if (piece == pieces.begin()) spot.column += 1 + static_cast<int>(open) + 1; // the quote and the bracket
        return reader.wrong(spot, fmt::format("'{}' is not an attribute of a cookie; expected {}, and ] at the end",
                                              attribute, listed(cookie_attributes)));
    }
    query.attribute = *found;
    text.erase(open);
    return {};
}

Result<void> check_certificate(Reader& reader, const Query& query, Spot spot) {
    const auto& pieces = query.operand.pieces;
    const auto name = pieces.size() == 1 && pieces[0].kind == Piece::Kind::text ? pieces[0].text : "";
    if (std::find(std::begin(certificate_fields), std::end(certificate_fields), name) != std::end(certificate_fields))
        return {};
    return reader.wrong(
        spot, fmt::format("'{}' is not a field of a certificate; expected {}", name, listed(certificate_fields)));
}

Result<Literal> read_filter_operand(Reader& reader, Operand operand) {
    Literal read{.is = {}, .spot = reader.spot()};
    if (operand == Operand::integer) {
        if (auto placeholder = TRY(reader.try_placeholder())) {
            read.is = *placeholder;
            return read;
        }
        const auto digits = reader.take_while([](char c) { return is_digit(c) || c == '-'; });
        const auto number = parse_integer(digits);
        if (!number.ok()) return reader.wrong(read.spot, "expected a whole number or {{name}}");
        read.is = Value{number.value()};
        return read;
    }
    if (operand == Operand::pattern) {
        if (const auto pattern = TRY(try_slashed(reader))) {
            read.is = Value{*pattern};
            return read;
        }
    }
    read.is = TRY(reader.quoted());
    return read;
}

// Stays before the blanks if no filter follows them.
Result<std::optional<FilterUse>> try_filter(Reader& reader) {
    const auto begin = reader.mark();
    reader.skip_blanks();
    FilterUse use{.spot = reader.spot()};
    const auto word = reader.take_while(is_word_character);
    use.filter = find_filter(word);
    if (use.filter == nullptr) {
        reader.back(begin);
        return std::optional<FilterUse>();
    }
    for (const auto operand : use.filter->operands) {
        TRY_VOID(blanks_before(reader, operand == Operand::integer ? "a number" : "a text in double quotes"));
        auto literal = TRY(read_filter_operand(reader, operand));
        use.operands.push_back(std::move(literal));
    }
    return std::optional(std::move(use));
}

Result<std::vector<FilterUse>> read_filters(Reader& reader) {
    std::vector<FilterUse> all;
    while (auto one = TRY(try_filter(reader))) all.push_back(std::move(*one));
    return all;
}

Result<std::optional<Value>> try_number(Reader& reader) {
    const auto begin = reader.mark();
    std::string text = reader.take_while([](char c) { return c == '-' || is_digit(c); });
    if (text.empty()) return std::optional<Value>();
    if (reader.peek() == '.' && is_digit(reader.peek(1)))
        text += reader.take_while([](char c) { return c == '.' || is_digit(c); });
    auto value = read_json(text);
    if (!value.ok()) return reader.wrong(begin.spot, fmt::format("'{}' is not a number", text));
    return std::optional(std::move(value).value());
}

// Any operand of a predicate; which of them one takes is asked afterwards.
Result<Literal> read_operand(Reader& reader) {
    Literal read{.is = {}, .spot = reader.spot()};
    if (auto placeholder = TRY(reader.try_placeholder())) {
        read.is = *placeholder;
    } else if (auto embedded = TRY(try_embedded(reader))) {
        if (embedded->file)
            read.is = *embedded->file;
        else
            read.is = Value{Bytes{embedded->bytes}};
    } else if (reader.peek() == '"') {
        read.is = TRY(reader.quoted());
    } else if (reader.sees("```")) {
        const auto body = TRY(try_body(reader));
        read.is = body->text;
    } else if (auto line = TRY(try_one_line(reader))) {
        read.is = *line;
    } else if (auto number = TRY(try_number(reader))) {
        read.is = *number;
    } else {
        const auto word = reader.take_while(is_word_character);
        if (word == "true" || word == "false")
            read.is = Value{word == "true"};
        else if (word == "null")
            read.is = Value{Null{}};
        else
            return reader.wrong(
                read.spot, "expected a value: \"text\", a number, true, false, null, {{name}}, base64,…; or hex,…;");
    }
    return read;
}

Result<void> fits(Reader& reader, const Assert& assertion) {
    const auto& operand = *assertion.operand;
    const auto* value = std::get_if<Value>(&operand.is);
    const bool text = std::holds_alternative<Template>(operand.is);
    const bool number = value && (value->as<std::int64_t>() || value->as<double>() || value->as<BigNumber>());
    const bool bytes = (value && value->as<Bytes>()) || std::holds_alternative<FileName>(operand.is);
    const auto name = assertion.predicate->name;
    switch (assertion.predicate->compared) {
    case Compared::nothing:
    case Compared::anything: return {};
    case Compared::ordered:
        if (text || number || std::holds_alternative<Placeholder>(operand.is)) return {};
        return reader.wrong(operand.spot, fmt::format("'{}' compares with a number, a text or {{{{name}}}}", name));
    case Compared::text:
        if (text || bytes) return {};
        return reader.wrong(operand.spot, fmt::format("'{}' needs a text in double quotes, or bytes", name));
    case Compared::pattern:
        if (text) return {};
        return reader.wrong(operand.spot, fmt::format("'{}' needs a regular expression: \"text\" or /text/", name));
    }
    return {};
}

std::string predicate_names() {
    std::vector<std::string> names;
    for (const auto& one : predicates()) names.emplace_back(one.name);
    return one_of(names);
}

// Its name is read up to the first character that can't belong to it, so `==200` is two things.
const Predicate* take_predicate(Reader& reader) {
    const auto begin = reader.mark();
    auto word = reader.take_while([](char c) { return c == '=' || c == '!' || c == '<' || c == '>'; });
    if (word.empty()) word = reader.take_while(is_word_character);
    const auto* found = find_predicate(word);
    if (found == nullptr) reader.back(begin);
    return found;
}

Result<void> read_predicate(Reader& reader, Assert& assertion) {
    if (!reader.skip_blanks()) return reader.expected("a blank and a predicate, such as == \"text\" or exists");
    if (reader.sees("not") && (reader.peek(3) == ' ' || reader.peek(3) == '\t')) {
        reader.skip(3);
        reader.skip_blanks();
        assertion.negated = true;
    }
    assertion.predicate_spot = reader.spot();
    assertion.predicate = take_predicate(reader);
    if (assertion.predicate == nullptr) {
        std::vector<std::string_view> known;
        for (const auto& one : predicates()) known.push_back(one.name);
        for (const auto& one : filters()) known.push_back(one.name);
        const auto word = reader.rest().substr(0, reader.rest().find_first_of(" \t\r\n"));
        const auto nearest_word = near(word, known);
        return reader.expected(nearest_word.empty() ? "a filter or a predicate: " + predicate_names()
                                                    : "a filter or a predicate" + nearest_word);
    }
    if (assertion.predicate->compared == Compared::nothing) return {};
    const bool is_word = is_word_character(assertion.predicate->name.front());
    if (!reader.skip_blanks() && is_word) return reader.expected("a blank and a value");
    if (assertion.predicate->compared == Compared::pattern) {
        const auto spot = reader.spot();
        if (const auto pattern = TRY(try_slashed(reader))) {
            assertion.operand = Literal{.is = Value{*pattern}, .spot = spot};
            return {};
        }
    }
    assertion.operand = TRY(read_operand(reader));
    return fits(reader, assertion);
}

}

std::string_view query_name(Query::Kind kind) {
    for (const auto& row : query_rows)
        if (row.kind == kind) return row.name;
    return {};
}

std::string near(std::string_view word, const std::vector<std::string_view>& words) {
    const std::vector<std::string> known(words.begin(), words.end());
    const auto found = nearest(word, known);
    return found.empty() ? "" : fmt::format("; did you mean '{}'?", found);
}

Result<std::optional<Query>> try_query(Reader& reader) {
    const auto begin = reader.mark();
    const auto word = reader.take_while(is_word_character);
    const auto row = std::find_if(std::begin(query_rows), std::end(query_rows),
                                  [&](const QueryRow& one) { return one.name == word; });
    if (row == std::end(query_rows)) {
        reader.back(begin);
        return std::optional<Query>();
    }
    Query query{.kind = row->kind, .operand = {}, .attribute = {}, .spot = begin.spot};
    if (row->operand.empty()) return std::optional(std::move(query));
    TRY_VOID(blanks_before(reader, row->operand));
    const auto spot = reader.spot();
    if (query.kind == Query::Kind::regex) {
        if (const auto pattern = TRY(try_slashed(reader))) {
            query.operand.spot = spot;
            query.is_pattern = true;
            add_text(query.operand, *pattern, spot);
            return std::optional(std::move(query));
        }
    }
    query.operand = TRY(reader.quoted());
    query.operand.spot = spot;
    if (query.kind == Query::Kind::cookie) TRY_VOID(divide_cookie(reader, query, spot));
    if (query.kind == Query::Kind::certificate) TRY_VOID(check_certificate(reader, query, spot));
    return std::optional(std::move(query));
}

Result<Capture> read_capture(Reader& reader, Template name, Spot spot) {
    Capture capture{.name = std::move(name), .query = {}, .filters = {}, .spot = spot};
    auto query = TRY(try_query(reader));
    if (!query) return reader.expected("a query, such as jsonpath \"$.id\" or header \"Location\"");
    capture.query = std::move(*query);
    capture.filters = TRY(read_filters(reader));
    const auto before = reader.mark();
    if (reader.skip_blanks() && reader.take("redact"))
        capture.redact = true;
    else
        reader.back(before);
    return capture;
}

Result<std::optional<Assert>> try_assert(Reader& reader) {
    const auto begin = reader.mark();
    auto query = TRY(try_query(reader));
    if (!query) return std::optional<Assert>();
    Assert assertion{
        .query = std::move(*query), .filters = {}, .operand = {}, .spot = begin.spot, .predicate_spot = {}, .text = {}};
    assertion.filters = TRY(read_filters(reader));
    assertion.subject = reader.since(begin);
    TRY_VOID(read_predicate(reader, assertion));
    assertion.text = reader.since(begin);
    return std::optional(std::move(assertion));
}

}
