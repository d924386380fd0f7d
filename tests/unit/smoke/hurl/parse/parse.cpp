#include "smoke/hurl/options.h"
#include "smoke/hurl/syntax.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::smoke::hurl;

namespace {

File read_hurl(const std::string& text) {
    auto file = read_file("x.hurl", text);
    INFO(text);
    if (!file.ok())
        FAIL_CHECK(file.error().message << " at " << file.error().place.line << ":" << file.error().place.column);
    REQUIRE(file.ok());
    return std::move(file).value();
}

// The template with its placeholders in braces.
std::string spelled_out(const Template& text) {
    std::string out;
    for (const auto& piece : text.pieces) out += piece.kind == Piece::Kind::text ? piece.text : "<" + piece.text + ">";
    return out;
}

}

TEST_CASE("a malformed Hurl file is refused at the place where it stops being one") {
    struct Row {
        std::string text;
        int line, column;
        std::string says; // a part of the message
    };
    const std::string get = "GET http://a\n";
    const Row rows[] = {
        {get + "\nxxx", 3, 1, "expected a request"},
        {get + "[Query]\na: b\n[QueryStringParams]\nc: d\n", 4, 1, "two sections"},
        {get + "[Qurey]\na: b\n", 2, 2, "did you mean 'Query'?"},
        {get + "[Asserts]\nstatus == 200\n", 2, 2, "belongs to the answer"},
        {get + "HTTP 200\n[Options]\nretry: 1\n", 3, 2, "belongs to the request"},
        {get + "[Options]\nvery_verbose: true\n", 3, 1, "did you mean 'very-verbose'?"},
        {get + "[Options]\nntlm: true\n", 3, 1, "not supported by fairlead-smoke"},
        {get + "[Options]\nlocation: yes\n", 3, 11, "true, false"},
        {get + "[Options]\nretry: -2\n", 3, 8, "whole number"},
        {get + "[Options]\ndelay: 3 s\n", 3, 10, "the end of the line"},
        {get + "[Options]\ncacert: # none\n", 3, 9, "the name of a file"},
        {get + "HTTP/11 200\n", 2, 1, "HTTP/1.1"},
        {get + "HTTP\n", 2, 5, "a blank and a status"},
        {get + "HTTP OK\n", 2, 6, "a status"},
        {get + "HTTP 200 OK\n", 2, 10, "the end of the line"},
        {"GET\n", 1, 4, "a URL"},
        {"GET http://a b\n", 1, 14, "the end of the line"},
        {"POST http://a\nfile,", 2, 6, "the name of a file"},
        {"POST http://a\nfile,x", 2, 7, "; at the end"},
        {"POST http://a\nhex,0g;", 2, 5, "hexadecimal"},
        {"POST http://a\nbase64,!!!!;", 2, 8, "base64"},
        {"POST http://a\nbase64,AAA\nA!;", 3, 2, "base64"},
        {"POST http://a\nbase64,A;", 2, 8, "not base64"},
        {"POST http://a\nhex,00\n11;", 2, 7, "; at the end"},
        {"POST http://a\n{\n \"a\": [1, ]\n}", 3, 9, "no comma before ]"},
        {"POST http://a\n{\n \"a\": [1, x]\n}", 3, 11, "a JSON value"},
        {"POST http://a\n{\n \"a\": 1,\n}", 3, 8, "no comma before }"},
        {"POST http://a\n{a: 1}", 2, 2, "in double quotes"},
        {"POST http://a\n```base64\n```", 2, 4, "'base64'"},
        {"POST http://a\n```\ntext", 3, 5, "three backquotes"},
        {"POST http://a\n<a><b></a>", 2, 1, "not XML"},
        {"POST http://a\n`x", 2, 3, "` at the end"},
        {get + "HTTP 200\n[Asserts]\njsonpath $.a == 1\n", 4, 10, "double quotes"},
        {get + "HTTP 200\n[Asserts]\njsonpth \"$.a\" == 1\n", 4, 1, "did you mean 'jsonpath'?"},
        {get + "HTTP 200\n[Asserts]\nstatus\n", 4, 7, "a predicate"},
        {get + "HTTP 200\n[Asserts]\nstatus = 200\n", 4, 8, "a filter or a predicate"},
        {get + "HTTP 200\n[Asserts]\nbody contain \"x\"\n", 4, 6, "did you mean 'contains'?"},
        {get + "HTTP 200\n[Asserts]\nbody contains\n", 4, 14, "a blank and a value"},
        {get + "HTTP 200\n[Asserts]\nbody startsWith 3\n", 4, 17, "double quotes, or bytes"},
        {get + "HTTP 200\n[Asserts]\nstatus > true\n", 4, 10, "compares with a number"},
        {get + "HTTP 200\n[Asserts]\nstatus == 2e2\n", 4, 12, "the end of the line"},
        {get + "HTTP 200\n[Asserts]\nbody matches /(/\n", 4, 14, "not a regular expression"},
        {get + "HTTP 200\n[Asserts]\nbody == \"\\d\"\n", 4, 11, "can't be escaped"},
        {get + "HTTP 200\n[Asserts]\nbody == \"\\u{d800}\"\n", 4, 11, "not the number"},
        {get + "HTTP 200\n[Asserts]\nbody == {{a b}}\n", 4, 13, "}} after"},
        {get + "HTTP 200\n[Asserts]\ncookie \"a[X]\" == 1\n", 4, 11, "not an attribute"},
        {get + "HTTP 200\n[Asserts]\ncookie \"a[Path\" exists\n", 4, 11, "] at the end"},
        {get + "HTTP 200\n[Asserts]\nbody matches /\\Qa\\E/\n", 4, 14, "\\Q is not an escape"},
        {get + "HTTP 200\n[Asserts]\nbody matches /\\b{start}a/\n", 4, 14, "write \\b"},
        {"# @cookie_storage_set: a FALSE / FALSE soon b c\n" + get, 1, 1, "is not a cookie"},
        {"# x\n# @cookie_storage_set: a FALSE / FALSE 0\n" + get, 2, 1, "is not a cookie"},
        {get + "HTTP 200\n[Asserts]\ncertificate \"Subjct\" exists\n", 4, 13, "not a field"},
        {get + "HTTP 200\n[Captures]\na: b\n", 4, 4, "a query"},
        {get + "HTTP/* 200\n", 2, 1, "removed in Hurl 6.1"},
        {get + "HTTP 200\n[Asserts\nstatus == 200\n", 3, 9, "] after the name"},
        {get + "[Queryid: 1\n", 2, 2, "a JSON value"},
        {"POST http://a\n{}\n[Captures]\n", 3, 1, "belongs to the answer"},
        {"POST http://a\n{\"a\": \"\\u00g0\"}\n", 2, 8, "four hexadecimal"},
        {"POST http://a\n{\"a\": \"\\ud800\"}\n", 2, 8, "four hexadecimal"},
        {"GET http://a/{{$timestamp}}\n", 1, 16, "newUuid"},
        {"GET http://{{getEnv}}/\n", 1, 14, "not supported"},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const auto file = read_file("x.hurl", row.text);
        REQUIRE_FALSE(file.ok());
        CHECK(file.error().kind == Kind::usage);
        CHECK(file.error().place.line == row.line);
        CHECK(file.error().place.column == row.column);
        INFO(file.error().message);
        CHECK(file.error().message.find(row.says) != std::string::npos);
    }
    CHECK_FALSE(read_file("x.hurl", "GET http://\xff\n").ok());
}

TEST_CASE("a file may have a mark, carriage returns, blanks, comments, and nothing else") {
    CHECK(read_hurl("").entries.empty());
    CHECK(read_hurl("# only\n\n  # comments").entries.empty());
    const auto file = read_hurl(
        "\xEF\xBB\xBF# first\r\n\r\n  GET  http://a#x # y\r\n X: 1 \r\nHTTP * # any\r\n\r\n# second\n\nPOST http://b");
    REQUIRE(file.entries.size() == 2);
    CHECK(file.entries[0].title == "first");
    CHECK(spelled_out(file.entries[0].request.url) == "http://a");
    CHECK(spelled_out(file.entries[0].request.headers.at(0).value) == "1");
    CHECK_FALSE(file.entries[0].response->status);
    CHECK(file.entries[1].title == "second");
    CHECK(file.entries[1].request.spot.line == 9);
    CHECK_FALSE(file.entries[1].response);
}

TEST_CASE("the name of a request is the first line of the comment above that says something") {
    const auto title = [](const std::string& text) { return read_hurl(text + "GET http://a\n").entries.at(0).title; };
    CHECK(title("# one\n") == "one");
    CHECK(title("# one\n# two\n") == "one");
    CHECK(title("# -----\n# 2. Verify --\n# -----\n") == "2. Verify");
    CHECK(title("# file\n\n# request\n\n") == "request");
    CHECK(title("#\n# ---\n").empty());
    CHECK(title("# @cookie_storage_clear\n# one\n") == "one");
    CHECK(title("").empty());
}

TEST_CASE("a regular expression between slashes may have several lines") {
    const auto file = read_hurl("GET http://a\nHTTP 200\n[Asserts]\nbody matches /^a\nb$/\nbody exists\n");
    REQUIRE(file.entries[0].response->asserts.size() == 2);
    CHECK(*std::get<Value>(file.entries[0].response->asserts[0].operand->is).as<std::string>() == "^a\nb$");
    CHECK(file.entries[0].response->asserts[1].spot.line == 6);
}

TEST_CASE("the parts of a request and of its answer go where they belong") {
    const auto file = read_hurl(R"(PUT http://a/{{id}}?q={{ q }}
A: \#1 \u{e9}  # comment
{{key}}[0]: v
[Query]
x: a b
[Form]
y: z
[Cookies]
c: {{d}}
[BasicAuth]
bob: se:cret
[Multipart]
f: file,a\ b.txt; text/plain
g: h
[Options]
retry: 3
delay: 2s
variable: n="7"
{"a": "{{t}}", "b": {{v}}}
HTTP/1.1 201
Location: /x
[Captures]
token: jsonpath "$.t" split "," nth -1 redact
[Asserts]
status >=200
header "X" not exists
cookie "s[Max-Age]" == 3
body matches /^a\/b/
bytes startsWith hex,ff;
jsonpath "$.x" != {{v}}
`done`
)");
    REQUIRE(file.entries.size() == 1);
    const auto& request = file.entries[0].request;
    CHECK(spelled_out(request.url) == "http://a/<id>?q=<q>");
    CHECK(spelled_out(request.headers.at(0).value) == "#1 \xC3\xA9");
    CHECK(spelled_out(request.headers.at(1).key) == "<key>[0]");
    CHECK(spelled_out(request.query.at(0).value) == "a b");
    CHECK(spelled_out(request.form.at(0).key) == "y");
    CHECK(spelled_out(request.cookies.at(0).value) == "<d>");
    CHECK(spelled_out(request.basic_auth->value) == "se:cret");
    CHECK(spelled_out(request.multipart.at(0).file->name) == "a b.txt");
    CHECK(request.multipart.at(0).type == "text/plain");
    CHECK(request.options.at(2).is_quoted);
    CHECK(request.options.at(2).variable == "n");
    REQUIRE(request.body);
    CHECK(spelled_out(request.body->text) == R"({"a": "<t>", "b": <v>})");
    CHECK(request.body->text.pieces.at(1).kind == Piece::Kind::json_string);
    CHECK(request.body->text.pieces.at(3).kind == Piece::Kind::json_value);
    const auto& response = *file.entries[0].response;
    CHECK(response.version == "1.1");
    CHECK(response.status == 201);
    CHECK(response.captures.at(0).redact);
    CHECK(response.captures.at(0).filters.size() == 2);
    REQUIRE(response.asserts.size() == 6);
    CHECK(response.asserts[0].predicate->name == ">=");
    CHECK(response.asserts[1].negated);
    CHECK(response.asserts[2].query.attribute == "Max-Age");
    CHECK(std::get<Value>(response.asserts[3].operand->is).as<std::string>()[0] == "^a/b");
    CHECK(response.asserts[5].spot.line == 30);
    CHECK(response.asserts[5].text == R"(jsonpath "$.x" != {{v}})");
    REQUIRE(response.body);
    CHECK(spelled_out(response.body->text) == "done");
}

TEST_CASE("a body keeps its bytes, and says what it is") {
    const auto body = [](const std::string& text) {
        return *read_hurl("POST http://a\n" + text + "\nHTTP 200\n").entries.at(0).request.body;
    };
    CHECK(spelled_out(body("```\n a\\n{{x}}\n```").text) == " a\\n<x>\n");
    CHECK(body("```\na\n```").type.empty());
    CHECK(body("```json\n{}\n```").type == "application/json");
    CHECK(spelled_out(body("```raw\n\\t{{x}}\n```").text) == "\\t{{x}}\n");
    CHECK(spelled_out(body("```novariable\n{{x}}\n```").text) == "{{x}}\n");
    CHECK(spelled_out(body("```escape\n\\t\n```").text) == "\t\n");
    CHECK(spelled_out(body("`a\\n{{x}}`").text) == "a\n<x>");
    CHECK(body("base64,AP8=;").bytes == std::string("\0\xff", 2));
    CHECK(body("base64,AP8;").bytes == std::string("\0\xff", 2));
    for (const auto* text : {"base64,\n A P\r\n8\n;", "base64,AP9;", "base64,AP8==\n;", "base64,AP8===;"})
        CHECK(body(text).bytes == std::string("\0\xff", 2));
    CHECK(body("base64,AP8A=;").bytes == std::string("\0\xff\0", 3));
    CHECK(body("base64,;").bytes.empty());
    CHECK(body("hex,00fF;").bytes == std::string("\0\xff", 2));
    CHECK(body("<a x='1'>\n<b/></a>").type == "application/xml");
    CHECK(spelled_out(body("<a x='1'>\n<b/></a>").text) == "<a x='1'>\n<b/></a>");
    CHECK(spelled_out(body("[1, \"{{x}}\"]").text) == "[1, \"<x>\"]");
    CHECK(spelled_out(body("[1E+2, 3E4, \"5E6\"]").text) == "[1e+2, 3e4, \"5E6\"]");
    CHECK(body("true").kind == Body::Kind::json);
    const auto graphql = body("```graphql\n query { a }\n\nvariables {\n \"id\": {{x}} }\n```");
    CHECK(spelled_out(graphql.text) == " query { a }\n\n");
    CHECK(spelled_out(graphql.variables) == "{\n \"id\": <x> }");
}

TEST_CASE("raw texts and base64 over several lines are operands and expected bodies, too") {
    const auto file =
        read_hurl("GET http://a\nHTTP 200\n[Asserts]\nbytes == base64,aGVs\nbG8=;\nbody == ```raw\n{{x}}\n```\n"
                  "```raw\n{{y}}\n```\n");
    const auto& response = *file.entries.at(0).response;
    REQUIRE(response.asserts.size() == 2);
    CHECK(std::get<Value>(response.asserts[0].operand->is).as<Bytes>()->bytes == "hello");
    CHECK(spelled_out(std::get<Template>(response.asserts[1].operand->is)) == "{{x}}\n");
    CHECK(spelled_out(response.body->text) == "{{y}}\n");
}

TEST_CASE("comments above a request set and clear cookies") {
    const auto file =
        read_hurl("# @cookie_storage_set: #HttpOnly_.A.org\tTRUE\t/x\tTRUE\t4102444800\tn\tv\nGET http://a\n"
                  "# @cookie_storage_set: a.org FALSE / FALSE 0 n\n# @cookie_storage_clear\nGET http://b\n");
    const auto& cookie = file.entries.at(0).cookies.at(0);
    CHECK(cookie.domain == "a.org");
    CHECK_FALSE(cookie.host_only);
    CHECK(cookie.path == "/x");
    CHECK(cookie.secure);
    CHECK(cookie.ends == Moment(std::chrono::seconds(4102444800)));
    CHECK(cookie.name + "=" + cookie.value == "n=v");
    CHECK_FALSE(file.entries[0].clears_cookies);
    CHECK(file.entries[1].cookies.at(0).host_only);
    CHECK_FALSE(file.entries[1].cookies[0].ends);
    CHECK(file.entries[1].cookies[0].value.empty());
    CHECK(file.entries[1].clears_cookies);
}

TEST_CASE("an option has one meaning, with or without a unit") {
    const auto spaced = read_hurl("GET http://a\n[Options]\nvariable: x = 5\n");
    CHECK(spaced.entries.at(0).request.options.at(0).variable == "x");
    CHECK(spelled_out(std::get<Template>(spaced.entries[0].request.options[0].value.is)) == "5");
    CHECK(parse_wait("3", OptionKind::milliseconds).value() == Milliseconds{3});
    CHECK(parse_wait("3", OptionKind::seconds).value() == Milliseconds{3000});
    CHECK(parse_wait("3ms", OptionKind::seconds).value() == Milliseconds{3});
    CHECK(parse_wait("2m", OptionKind::milliseconds).value() == Milliseconds{120'000});
    CHECK(parse_wait("1h", OptionKind::milliseconds).value() == Milliseconds{3'600'000});
    for (const auto* text : {"", "s", "-1", "1.5s", "3 s", "99999999999h"})
        CHECK_FALSE(parse_wait(text, OptionKind::seconds).ok());
    Settings settings;
    REQUIRE(set_option(settings, *find_option("location-trusted"), Value{true}).ok());
    CHECK(settings.location);
    REQUIRE(set_option(settings, *find_option("retry"), Value{std::string("4")}).ok());
    CHECK(settings.retry == 4);
    CHECK_FALSE(set_option(settings, *find_option("retry"), Value{std::string("x")}).ok());
    CHECK_FALSE(set_option(settings, *find_option("insecure"), Value{std::int64_t{1}}).ok());
    CHECK(find_option("http") == nullptr);
}
