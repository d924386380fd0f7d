#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"
#include "smoke/hurl/parse/grammar.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::smoke::hurl {

namespace {

enum class Section { query, form, multipart, cookies, basic_auth, options, captures, asserts };
enum class Side { request, response };

struct SectionName {
    std::string_view name;
    Section section;
    Side side;
};
constexpr SectionName section_names[] = {
    {"Query", Section::query, Side::request},         {"QueryStringParams", Section::query, Side::request},
    {"Form", Section::form, Side::request},           {"FormParams", Section::form, Side::request},
    {"Multipart", Section::multipart, Side::request}, {"MultipartFormData", Section::multipart, Side::request},
    {"Cookies", Section::cookies, Side::request},     {"BasicAuth", Section::basic_auth, Side::request},
    {"Options", Section::options, Side::request},     {"Captures", Section::captures, Side::response},
    {"Asserts", Section::asserts, Side::response},
};

// `key:` and the blanks behind it; nothing, and the position of before, if there is none.
Result<std::optional<Template>> try_key_and_colon(Reader& reader) {
    const auto begin = reader.mark();
    auto key = TRY(reader.try_key());
    reader.skip_blanks();
    if (!key || !reader.take(":")) {
        reader.back(begin);
        return std::optional<Template>();
    }
    reader.skip_blanks();
    return key;
}

Result<std::optional<KeyValue>> try_key_value(Reader& reader) {
    const auto spot = reader.spot();
    auto key = TRY(try_key_and_colon(reader));
    if (!key) return std::optional<KeyValue>();
    KeyValue read{.key = std::move(*key), .value = {}, .spot = spot};
    read.value = TRY(reader.value_of_line());
    return std::optional(std::move(read));
}

// Reads items, one per line, until a line is none.
template <typename Item>
Result<void> each_line(Reader& reader, Item item) {
    for (;;) {
        const auto begin = reader.mark();
        reader.skip_empty_lines();
        reader.skip_blanks();
        if (!TRY(item(reader))) {
            reader.back(begin);
            return {};
        }
        TRY_VOID(reader.end_line());
    }
}

Result<void> read_pairs(Reader& reader, std::vector<KeyValue>& pairs) {
    return each_line(reader, [&](Reader& r) -> Result<bool> {
        auto pair = TRY(try_key_value(r));
        if (pair) pairs.push_back(std::move(*pair));
        return pair.has_value();
    });
}

// `key: file,NAME; [type]`
Result<bool> take_file_part(Reader& reader, std::vector<Part>& parts) {
    const auto begin = reader.mark();
    auto key = TRY(try_key_and_colon(reader));
    if (!key || !reader.take("file,")) {
        reader.back(begin);
        return false;
    }
    reader.skip_blanks();
    Part part{.key = std::move(*key), .value = {}, .file = {}, .type = {}};
    const auto spot = reader.spot();
    auto name = TRY(reader.file_name(";"));
    name.spot = spot;
    part.file = FileName{std::move(name)};
    if (!reader.take(";")) return reader.expected("; after the name of the file");
    reader.skip_blanks();
    part.type = trim(reader.take_while([](char c) { return c != '#' && c != '\n' && c != '\r'; }));
    parts.push_back(std::move(part));
    return true;
}

Result<void> read_multipart(Reader& reader, std::vector<Part>& parts) {
    return each_line(reader, [&](Reader& r) -> Result<bool> {
        if (TRY(take_file_part(r, parts))) return true;
        auto pair = TRY(try_key_value(r));
        if (pair)
            parts.push_back({.key = std::move(pair->key), .value = std::move(pair->value), .file = {}, .type = {}});
        return pair.has_value();
    });
}

Result<void> read_options(Reader& reader, std::vector<OptionUse>& options) {
    return each_line(reader, [&](Reader& r) -> Result<bool> {
        auto option = TRY(try_option(r));
        if (option) options.push_back(std::move(*option));
        return option.has_value();
    });
}

Result<void> read_captures(Reader& reader, std::vector<Capture>& captures) {
    return each_line(reader, [&](Reader& r) -> Result<bool> {
        const auto spot = r.spot();
        auto name = TRY(try_key_and_colon(r));
        if (!name) return false;
        auto capture = TRY(read_capture(r, std::move(*name), spot));
        captures.push_back(std::move(capture));
        return true;
    });
}

Result<void> read_asserts(Reader& reader, std::vector<Assert>& asserts) {
    return each_line(reader, [&](Reader& r) -> Result<bool> {
        auto assertion = TRY(try_assert(r));
        if (assertion) asserts.push_back(std::move(*assertion));
        return assertion.has_value();
    });
}

// `[Name]`: a bracket that no letter follows begins a JSON body.
Result<std::optional<Section>> try_section(Reader& reader, Side side, std::set<Section>& seen) {
    const auto begin = reader.mark();
    if (!reader.take("[")) return std::optional<Section>();
    const auto name_spot = reader.spot();
    const auto name = reader.take_while([](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    if (name.empty() || !reader.take("]")) {
        const bool is_meant = std::any_of(std::begin(section_names), std::end(section_names),
                                          [&](const SectionName& one) { return one.name == name; });
        if (is_meant) return reader.expected("] after the name of the section");
        reader.back(begin);
        return std::optional<Section>();
    }
    const auto row = std::find_if(std::begin(section_names), std::end(section_names),
                                  [&](const SectionName& one) { return one.name == name; });
    std::vector<std::string_view> known;
    for (const auto& one : section_names)
        if (one.side == side) known.push_back(one.name);
    if (row == std::end(section_names))
        return reader.wrong(name_spot, fmt::format("'{}' is not a section{}", name, near(name, known)));
    if (row->side != side)
        return reader.wrong(name_spot,
                            fmt::format("[{}] belongs {}", name,
                                        side == Side::request
                                            ? "to the answer: write it after a line HTTP 200, or HTTP * for any status"
                                            : "to the request: write it before the line with HTTP"));
    if (!seen.insert(row->section).second)
        return reader.wrong(begin.spot, fmt::format("there are two sections [{}]; write all lines in one", name));
    TRY_VOID(reader.end_line());
    return std::optional(row->section);
}

Result<void> read_section(Reader& reader, Section section, Request& request, Response& response) {
    switch (section) {
    case Section::query: return read_pairs(reader, request.query);
    case Section::form: return read_pairs(reader, request.form);
    case Section::multipart: return read_multipart(reader, request.multipart);
    case Section::cookies: return read_pairs(reader, request.cookies);
    case Section::options: return read_options(reader, request.options);
    case Section::captures: return read_captures(reader, response.captures);
    case Section::asserts: return read_asserts(reader, response.asserts);
    case Section::basic_auth: break;
    }
    std::vector<KeyValue> pairs;
    TRY_VOID(read_pairs(reader, pairs));
    if (pairs.size() > 1) return reader.wrong(pairs[1].spot, "[BasicAuth] has one line, 'user: password'");
    if (!pairs.empty()) request.basic_auth = std::move(pairs.front());
    return {};
}

// Headers, sections and a body, in this order.
Result<void> read_message(Reader& reader, Side side, Request& request, Response& response) {
    TRY_VOID(read_pairs(reader, side == Side::request ? request.headers : response.headers));
    std::set<Section> seen;
    for (;;) {
        const auto begin = reader.mark();
        reader.skip_empty_lines();
        reader.skip_blanks();
        const auto section = TRY(try_section(reader, side, seen));
        if (!section) {
            reader.back(begin);
            break;
        }
        TRY_VOID(read_section(reader, *section, request, response));
    }
    const auto begin = reader.mark();
    reader.skip_empty_lines();
    reader.skip_blanks();
    auto body = TRY(try_body(reader));
    if (!body) {
        reader.back(begin);
        return {};
    }
    TRY_VOID(reader.end_line());
    (side == Side::request ? request.body : response.body) = std::move(*body);
    return {};
}

Result<void> read_version(Reader& reader, Response& response) {
    response.version_spot = reader.spot();
    reader.take("HTTP");
    if (reader.peek() != '/') return {};
    reader.skip(1);
    const auto version = reader.take_while([](char c) { return is_digit(c) || c == '.'; });
    if (version != "1.0" && version != "1.1" && version != "2" && version != "3")
        return reader.wrong(response.version_spot, reader.peek() == '*'
                                                       ? "HTTP/* was removed in Hurl 6.1; write HTTP"
                                                       : "expected HTTP, HTTP/1.0, HTTP/1.1, HTTP/2 or HTTP/3");
    response.version = version;
    return {};
}

Result<std::optional<Response>> try_response(Reader& reader, Request& request) {
    const auto begin = reader.mark();
    reader.skip_empty_lines();
    reader.skip_blanks();
    const char next = reader.peek(4);
    if (!reader.sees("HTTP") || (next >= 'A' && next <= 'Z')) {
        reader.back(begin);
        return std::optional<Response>();
    }
    Response response;
    TRY_VOID(read_version(reader, response));
    if (!reader.skip_blanks()) return reader.expected("a blank and a status");
    response.status_spot = reader.spot();
    if (!reader.take("*")) {
        const auto status = parse_integer(reader.take_while(is_digit));
        if (!status.ok()) return reader.wrong(response.status_spot, "expected a status, such as 200, or * for any");
        response.status = status.value();
    }
    TRY_VOID(reader.end_line());
    TRY_VOID(read_message(reader, Side::response, request, response));
    return std::optional(std::move(response));
}

// A line that is nothing in its place. Hurl calls each of them a malformed method.
Error stray(Reader& reader, const Entry* before) {
    const auto spot = reader.spot();
    const auto line = reader.rest().substr(0, reader.rest().find_first_of("\r\n"));
    const auto word = line.substr(0, line.find_first_of(" \t:"));

    constexpr std::string_view query_words[] = {"status", "header",   "cookie",   "body",        "jsonpath",  "xpath",
                                                "regex",  "variable", "duration", "certificate", "redirects", "bytes"};
    const auto meant = near(word, {std::begin(query_words), std::end(query_words)});
    const bool in_asserts = before && before->response && (!before->response->asserts.empty() || !meant.empty());
    if (in_asserts)
        return reader.wrong(spot, fmt::format("'{}' is not a query of an assert{}", shortened(word, 40),
                                              meant.empty() ? ", and not the method of a next request" : meant));
    for (const auto& section : section_names)
        if (section.side == Side::response && line.starts_with(fmt::format("[{}]", section.name)))
            return reader.wrong(
                spot, fmt::format("[{}] belongs to the answer: write it after a line HTTP 200, or HTTP * for any "
                                  "status, and before its body",
                                  section.name));
    return reader.wrong(spot, fmt::format("expected a request (a method in capitals and a URL){}, not '{}'",
                                          before ? ", or a header, a section or a body of the one above" : "",
                                          shortened(line, 40)));
}

Result<Entry> read_entry(Reader& reader, const Entry* before) {
    Entry entry;
    entry.request.spot = reader.spot();
    entry.request.method = reader.take_while([](char c) { return c >= 'A' && c <= 'Z'; });
    const auto after_method = reader.mark();
    if (entry.request.method.empty() || !reader.skip_blanks()) {
        if (entry.request.method.empty()) return stray(reader, before);
        reader.back(after_method);
        return reader.expected("a blank and a URL after the method");
    }
    const auto url_spot = reader.spot();
    const auto is_over = [](const Reader& r) {
        return r.at_line_end() || r.peek() == ' ' || r.peek() == '\t' || r.peek() == '#';
    };
    entry.request.url = TRY(reader.text_until(is_over, Reader::Escapes::yes, "#"));
    entry.request.url.spot = url_spot;
    if (entry.request.url.empty()) return reader.expected("a URL");
    TRY_VOID(reader.end_line());
    Response none;
    TRY_VOID(read_message(reader, Side::request, entry.request, none));
    entry.response = TRY(try_response(reader, entry.request));
    return entry;
}

}

Result<File> read_file(std::string name, std::string text) {
    File file{.name = std::move(name), .text = std::move(text), .entries = {}};
    if (file.text.starts_with("\xEF\xBB\xBF")) file.text.erase(0, 3);
    if (!valid_utf8(file.text))
        return usage(fmt::format("{} is not UTF-8; save it as UTF-8", file.name), Place{file.name, 0, 0, {}});
    for (auto end = file.text.find('\n'); end != file.text.npos; end = file.text.find('\n', end + 1))
        file.lines.push_back(end + 1);
    Reader reader(file);
    for (;;) {
        const auto begin = reader.mark();
        reader.skip_empty_lines();
        const std::string above(reader.since(begin));
        reader.skip_blanks();
        if (reader.at_end()) break;
        auto entry = TRY(read_entry(reader, file.entries.empty() ? nullptr : &file.entries.back()));
        TRY_VOID(read_comment(reader, above, begin.spot, entry));
        file.entries.push_back(std::move(entry));
    }
    return file;
}

}
