#include "smoke/settings/expect_rows.h"
#include "base/text.h"
#include "config/rows.h"
#include "smoke/json_body.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

using config::Value;

// As of an empty text (parse_expected): an empty map would expect nothing.
Result<void> check_entries(const Value& map, std::string_view key) {
    if (!map.entries().empty()) return {};
    return map.error(fmt::format("{} is empty; write the expected value, or remove it", key));
}

Result<void> read_header(const Value& map, Expect& expect) {
    TRY_VOID(check_entries(map, "header"));
    for (const auto& [name, text] : map.entries()) {
        auto matcher = TRY(at(text, parse_expected(text.text())));
        expect.headers.emplace_back(name, std::move(matcher));
    }
    return {};
}

Result<void> read_location(const Value& text, Expect& expect) {
    auto matcher = TRY(at(text, parse_expected(text.text())));
    expect.headers.emplace_back("location", std::move(matcher));
    return {};
}

Result<void> read_json(const Value& map, Expect& expect) {
    TRY_VOID(check_entries(map, "json"));
    for (const auto& [path, wanted] : map.entries()) {
        const auto text = wanted.is_scalar() ? wanted.text() : wanted.json();
        auto place = TRY(at(wanted, parse_json_place(path)));
        auto matcher = TRY(at(wanted, parse_expected(text)));
        expect.json.emplace_back(std::move(place), std::move(matcher));
    }
    return {};
}

Result<void> read_asserts(const Value& list, Expect& expect) {
    for (const auto& item : list.items()) {
        auto assertion = TRY(at(item, HurlAssert::parse(item.text())));
        expect.asserts.push_back(std::move(assertion));
    }
    if (!expect.asserts.empty()) return {};
    return list.error("asserts is empty; write what the answer must have, or remove it");
}

const Field any_value[] = {{"", Type::any, "The expected value."}};

const config::Rows<Expect> expect_rows = {
    {"status", {&Expect::statuses, Type::text_list, parse_statuses, Type::status}, "200, 200-299 or 2xx."},
    {"header",
     {Type::open_map, read_header, config::any_text()},
     "Headers: equals, `~ contains`, `/pattern/`, `! not`, `nonempty`."},
    {"location", {Type::text, read_location}, "The location header of a redirect."},
    {"body", {&Expect::body, Type::text, parse_expected}, "The body, matched in the same way as a header."},
    {"json", {Type::open_map, read_json, any_value}, "Paths ($.items[0].id or /items/0/id) and their expected values."},
    {"asserts",
     {Type::text_list, read_asserts},
     "Asserts of the Hurl language, such as jsonpath \"$.items\" count > 3."},
    {"max", {&Expect::max, Type::duration, parse_duration}, "Longest time of the attempt."},
    {"version", &Expect::version, "The version that must answer.", {.check = check_version}},
    {"from", {&Expect::version_source, Type::text, parse_version_source}, "Where the answer has its version."},
};

}

std::span<const Field> expect_fields() { return expect_rows.fields(); }

// A word is the failure that is expected.
Result<void> read_expect(const config::Value& value, Check& check) {
    if (!value.is_scalar()) {
        TRY_VOID(check_entries(value, "expect"));
        TRY_VOID(expect_rows.read(value, check.expect));
        const auto& asserts = check.expect.asserts;
        const auto is_about_status = [](const HurlAssert& one) { return one.is_about_status(); };
        if (!value["status"].present() && std::any_of(asserts.begin(), asserts.end(), is_about_status))
            check.expect.statuses = {{100, 999}}; // the assert says which
        return {};
    }
    const std::vector<std::string> words = {"refused", "timeout", "tls-error", "nxdomain"};
    constexpr sys::HttpFailure meant[] = {sys::HttpFailure::refused, sys::HttpFailure::timeout,
                                          sys::HttpFailure::tls_handshake, sys::HttpFailure::resolve};
    const auto found = std::find(words.begin(), words.end(), value.text());
    if (found == words.end())
        return value.error(
            fmt::format("'{}' is not an expectation; expected {} or a map", value.text(), one_of(words)));
    check.expect.failure = meant[found - words.begin()];
    return {};
}

// An empty one would check nothing: it is a variable that is not set.
Result<void> check_version(const config::Value& version, const std::string&) {
    if (!trim(version.text()).empty()) return {};
    return version.error("version is empty; write the version, auto, or remove it");
}

Result<void> check_source(const config::Value& source, const std::string&) {
    const auto parsed = parse_version_source(source.text());
    return parsed.ok() ? Result<void>() : source.error(parsed.error().message);
}

}
