#include "smoke/hurl/json_path/json_path.h"
#include "support/catch.h"
#include <ctime>

// The standard's own suite has the cases of the grammar and of the selectors (tests/conformance/smoke).
namespace hurl = fairlead::smoke::hurl;

namespace {

hurl::Value document_of(std::string_view text) {
    auto value = hurl::read_json(text);
    REQUIRE(value.ok());
    return std::move(value).value();
}

std::string path_error(std::string_view text) {
    const auto path = hurl::JsonPath::parse(text);
    if (path) return "none";
    CHECK(path.error().kind == fairlead::Kind::usage);
    return path.error().message;
}

// What is found, as JSON.
std::string found_by(std::string_view path, const hurl::Value& document) {
    const auto parsed = hurl::JsonPath::parse(path);
    INFO(path << ": " << (parsed ? "" : parsed.error().message));
    REQUIRE(parsed.ok());
    return describe(*value_of(parsed->find(document).value(), hurl::Coercion::off));
}

// The form that the message recommends; empty if there is none.
std::string recommended(std::string_view text) {
    const auto message = path_error(text);
    const auto at = message.rfind("; write ");
    if (at == std::string::npos) return "";
    const auto form = message.substr(at + 8);
    CHECK(hurl::JsonPath::parse(form).ok());
    return form;
}

}

TEST_CASE("a wrong JSONPath says where it is wrong and what was expected") {
    CHECK(path_error("") == "a JSONPath can't be empty; expected $ at the start, as in $.items[0].id");
    CHECK(path_error("$.a-b") == "JSONPath '$.a-b' is malformed at position 4: expected .name, [...] or the end; write "
                                 "$['a-b']");
    CHECK(path_error("$.ä[?@.b == ") ==
          "JSONPath '$.ä[?@.b == ' ends too early: expected a query such as @.name, a text "
          "in quotes, a number, true, false, null or a function");
    CHECK(path_error("$.ä[?size(@)]") == "JSONPath '$.ä[?size(@)]' is malformed at position 6: expected length(), "
                                         "count(), match(), search() or value()");
    CHECK(path_error("$\x01.a").find('\x01') == std::string::npos);
    CHECK(path_error("$.a\xff").find("UTF-8") != std::string::npos);
    CHECK(path_error("$['a").find("ends too early: expected a closing '") != std::string::npos);
    CHECK(path_error("$[?@.* == 1]").find("position 4: expected a query of one node") != std::string::npos);
    CHECK(path_error("$[?length(@.a)]").find("expected a comparison of the result") != std::string::npos);
    CHECK(path_error("$[?match(@.a, 'b') == true]").find("expected match() as a condition") != std::string::npos);
    CHECK(path_error("$[?count(1) == 1]").find("position 10: expected a query in count()") != std::string::npos);
    CHECK(path_error("$[9007199254740992]").find("9007199254740991") != std::string::npos);
}

TEST_CASE("older spellings are refused with the standard's form") {
    CHECK(recommended("$.a-b.c-d[0].@id") == "$['a-b']['c-d'][0]['@id']");
    CHECK(recommended("$.[0]") == "$[0]");
    CHECK(recommended("$.a.[?@.b-c > 3].d") == "$.a[?@['b-c'] > 3].d");
    CHECK(recommended("$..content-type") == "$..['content-type']");
    CHECK(recommended("$.$ref") == "$['$ref']");
    CHECK(recommended("$.0") == "$[0]");
    CHECK(recommended("$.2xx") == "$['2xx']");
    CHECK(recommended("$.'a b'") == "$['a b']");
    CHECK(recommended("$[a]") == "$['a']");
    CHECK(recommended("$a") == "$.a");
    CHECK(recommended("a.b") == "$.a.b");
    CHECK(recommended(".a") == "$.a");
    CHECK(recommended("[0]") == "$[0]");
    CHECK(recommended("@.a") == "$.a");
    CHECK(recommended(" $.a ") == "$.a");
    CHECK(recommended("$[?(@.a = 1)]") == "$[?(@.a == 1)]");
    for (const auto* no_form :
         {"$.a-b[", "$.length()", "/a/b", "$.", "$..", "$[?@.a =~ /b/]", "$[(@.length-1)]", "x-y z"})
        CHECK(recommended(no_form).empty());
}

TEST_CASE("one node is its value, none is nothing, more are a list, unless coercion is off") {
    const auto document = document_of(R"({"one": [1], "more": [1, 2]})");
    const auto value = [&](std::string_view path, hurl::Coercion coercion) {
        const auto found = value_of(hurl::JsonPath::parse(path)->find(document).value(), coercion);
        return found ? describe(*found) : "nothing";
    };
    using hurl::Coercion;
    CHECK(value("$.none", Coercion::on) == "nothing");
    CHECK(value("$.none", Coercion::off) == "list <[]>");
    CHECK(value("$.one[*]", Coercion::on) == "integer <1>");
    CHECK(value("$.one[*]", Coercion::off) == "list <[1]>");
    CHECK(value("$.one", Coercion::on) == "list <[1]>");
    CHECK(value("$.more[*]", Coercion::on) == "list <[1,2]>");
}

TEST_CASE("a path that selects too much, or whose nodes hold too much together, is an error and no loss of memory") {
    const auto nested = [](int depth) {
        return document_of(std::string(depth, '[') + "1,2" + std::string(depth, ']'));
    };
    const auto find = [&](const char* path, int depth) {
        return hurl::JsonPath::parse(path)->find(nested(depth)).ok();
    };
    CHECK(find("$..[*]", 900));
    CHECK(find("$..[*]..[*]", 90));
    CHECK_FALSE(find("$..[*]..[*]", 900));
    CHECK_FALSE(find("$..[*]..[*]..[*]..[*]..[*]..[*]", 200));
}

TEST_CASE("nodes point into the document, in the order of the standard") {
    const auto document = document_of(R"({"b": [{"x": 1}, {"x": [2]}], "a": {"x": 3}})");
    CHECK(hurl::JsonPath::parse("$.b[0].x")->find(document).value().front() ==
          &document.as<hurl::Object>()->front().value.as<hurl::List>()->front().as<hurl::Object>()->front().value);
    CHECK(found_by("$..x", document) == "list <[1,[2],3]>");
    CHECK(found_by("$..[?@.x, ?@ == 2]", document_of(R"([[2, {"x": 1}], 2])")) == "list <[2,{\"x\":1},2]>");
}

TEST_CASE("big numbers are compared by value in a filter") {
    const auto document = document_of("[12345678901234567890, 3, 1e999, 18446744073709551616]");
    CHECK(found_by("$[?@ < 4]", document) == "list <[3]>");
    CHECK(found_by("$[?@ == 12345678901234567890]", document) == "list <[12345678901234567890]>");
    CHECK(found_by("$[?@ == 1.8446744073709551616e19]", document) == "list <[18446744073709551616]>");
    CHECK(found_by("$[?@ > 1e308]", document) == "list <[1e999]>");
    CHECK(found_by("$[?@ <= 1e999 && @ != 3]", document) == "list <[12345678901234567890,1e999,18446744073709551616]>");
}

TEST_CASE("match is the whole text and search a part; a malformed expression matches nothing") {
    const auto document = document_of(R"x(["ab", "xaby", "a\nb", "a\rb", "a.b", "ab)"])x");
    CHECK(found_by("$[?match(@, 'a|ab')]", document) == R"(list <["ab"]>)");
    CHECK(found_by("$[?match(@, '^ab$')]", document) == R"(list <["ab"]>)");
    CHECK(found_by("$[?search(@, '^ab$')]", document) == R"(list <["ab"]>)");
    CHECK(found_by("$[?search(@, 'a.b')]", document) == R"(list <["a.b"]>)");
    CHECK(found_by("$[?search(@, 'a[.]b')]", document) == R"(list <["a.b"]>)");
    CHECK(found_by("$[?search(@, 'a[[:cntrl:].]b')]", document) == R"(list <["a\nb","a\rb","a.b"]>)");
    for (const auto* malformed : {"(", "a)(b", "a**[", "\\\\Qa", "(?=a)", "a\\\\"}) {
        CHECK(found_by("$[?match(@, '" + std::string(malformed) + "')]", document) == "list <[]>");
        CHECK(found_by("$[?!search(@, '" + std::string(malformed) + "')]", document) == found_by("$[*]", document));
    }
    CHECK(found_by("$[?match(@.t, @.e)].t",
                   document_of(R"([{"t": "ab", "e": "a."}, {"t": "ab", "e": "("}, {"t": "b"}])")) ==
          R"(list <["ab"]>)");
}

TEST_CASE("nesting ends at 1,000 levels with an error, in a query and in a document") {
    const auto repeated = [](std::string_view part, int count) {
        std::string out;
        for (int i = 0; i < count; ++i) out += part;
        return out;
    };
    const auto deep = document_of(std::string(1000, '[') + std::string(1000, ']'));
    CHECK(hurl::JsonPath::parse("$..*")->find(deep).value().size() == 999);
    const auto filters = "$" + repeated("[?@", 1000) + repeated("]", 1000);
    CHECK(hurl::JsonPath::parse(filters)->find(deep).value().empty()); // the last one would need a level more
    const auto calls = "$[?" + repeated("length(", 999) + "@" + repeated(")", 999) + " == 1]";
    CHECK(hurl::JsonPath::parse(calls)->find(deep).value().empty());
    const auto parentheses = "$[?" + repeated("!(", 999) + "@" + repeated(")", 999) + "]";
    CHECK(hurl::JsonPath::parse(parentheses)->find(deep).value().empty());
    const auto queries = "$" + repeated("[?count(@", 500) + repeated(")>=0]", 500);
    CHECK(hurl::JsonPath::parse(queries)->find(deep).value().size() == 1);
    for (const auto& too_deep : {"$" + repeated("[?@", 1001), "$[?" + repeated("(", 1'000'000),
                                 "$[?" + repeated("length(", 1'000'000), "$" + repeated("[?@", 1'000'000)})
        CHECK(path_error(too_deep).find("expected at most 1000 levels") != std::string::npos);
    CHECK(hurl::JsonPath::parse("$" + repeated(".a", 100'000)).ok()); // long is not deep
    CHECK(hurl::JsonPath::parse("$[?@" + repeated(" && @", 100'000) + "]").ok());
}

TEST_CASE("a query of a large document takes no time that grows with its square") {
    const auto ask = [](std::size_t items) { // returns the seconds of CPU
        std::string text = "{\"limit\": 7, \"items\": [";
        for (std::size_t i = 0; i < items; ++i)
            text += (i ? "," : "") + std::string(R"({"id": )") + std::to_string(i) + R"(, "tag": "t)" +
                    std::to_string(i % 9) + R"(", "n": [1, 2]})";
        const auto document = document_of(text + "]}");
        const auto found = [&](const std::string& query) {
            return hurl::JsonPath::parse(query)->find(document).value().size();
        };
        const auto start = std::clock();
        CHECK(found("$..*") == items * 6 + 2);
        CHECK(found("$.items[?@.id < $.limit]") == 7);
        CHECK(found("$.items[?count($..id) == " + std::to_string(items) + " && $..n]") == items);
        CHECK(found("$..[?search(@.tag, '^t[0-8]')].n[-1:]") == items);
        CHECK(found("$.items[?match(@.tag, $.items[0].tag)]") == (items + 8) / 9);
        return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    };
    const auto small = ask(2'000);
    CHECK(ask(20'000) < 40 * small + 1); // 10 times; squared: 100 times, and more than a minute
}
