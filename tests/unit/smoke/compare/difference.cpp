#include "smoke/compare/difference.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "smoke/compare/json_paths.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::smoke;
using namespace fairlead::smoke::compare;

namespace {

hurl::Value json(std::string_view text) {
    auto value = hurl::read_json(text);
    REQUIRE(value.ok());
    return std::move(value).value();
}

std::vector<hurl::JsonPath> paths(const std::vector<std::string>& texts) {
    std::vector<hurl::JsonPath> out;
    for (const auto& text : texts) {
        auto path = hurl::JsonPath::parse(text);
        REQUIRE(path.ok());
        out.push_back(std::move(path).value());
    }
    return out;
}

struct Pair {
    std::string old, fresh;
    std::string told; // the differences, separated by " | "
    std::vector<std::string> ignore = {}, unordered = {};
    std::vector<std::string> again = {}; // of the old release
    std::string unstable = {};
};

const OwnHosts blue_and_green{"blue.example.org:8443", "green.example.org"};

Differences differences_of(const Pair& pair, const OwnHosts& hosts = blue_and_green) {
    std::vector<hurl::Value> again;
    for (const auto& text : pair.again) again.push_back(json(text));
    JsonRules rules;
    rules.ignore = paths(pair.ignore);
    rules.unordered = paths(pair.unordered);
    Differences out;
    const auto old = json(pair.old), fresh = json(pair.fresh);
    REQUIRE(add_json_differences(old, fresh, again, rules, hosts, out).ok());
    return out;
}

}

TEST_CASE("JSON is compared by its meaning") {
    const std::vector<Pair> pairs = {
        // the same
        {"{}", "{}", ""},
        {R"({"a":1,"b":2})", R"({ "b": 2, "a": 1 })", ""},
        {R"({"a":1})", R"({"a":1.0})", ""},
        {R"({"a":1e2})", R"({"a":100})", ""},
        {"100000000000000000000", "1e20", ""},
        {R"("\u00e9")", "\"\u00e9\"", ""},
        {R"({"a":1,"a":2})", R"({"a":2})", ""}, // the last of a name counts
        {R"([1,[2,{"x":null}]])", R"([1,[2,{"x":null}]])", ""},
        // other values
        {"1", "2", "JSON (the whole) is 2, was 1"},
        {R"({"a":1})", R"({"a":2})", "JSON /a is 2, was 1"},
        {R"({"a":1})", R"({"a":"1"})", "JSON /a is \"1\", was 1"},
        {R"({"a":null})", R"({"a":false})", "JSON /a is false, was null"},
        {R"({"a":[1,2]})", R"({"a":{"0":1}})", "JSON /a is an object of 1, was a list of 2"},
        {R"({"a":"x\ny"})", R"({"a":"x"})", "JSON /a is \"x\", was \"x\\ny\""},
        {"9007199254740993", "9007199254740992", "JSON (the whole) is 9007199254740992, was 9007199254740993"},
        {R"({"a/b":{"m~n":1}})", R"({"a/b":{"m~n":2}})", "JSON /a~1b/m~0n is 2, was 1"},
        {R"([[{"x":1}],0])", R"([[{"x":2}],1])", "JSON /0/0/x is 2, was 1 | JSON /1 is 1, was 0"},
        // members and elements
        {R"({"a":1,"b":[1]})", R"({"a":1})", "JSON /b is missing, was a list of 1"},
        {R"({"a":1})", R"({"a":1,"b":"x"})", "JSON /b is new: \"x\""},
        {R"({"A":1})", R"({"a":1})", "JSON /A is missing, was 1 | JSON /a is new: 1"},
        {"[1,2,3]", "[1,2]", "JSON (the whole) has 2 values, had 3"},
        {R"({"a":[1,2]})", R"({"a":[2,1]})", "JSON /a/0 is 2, was 1 | JSON /a/1 is 1, was 2"},
        {R"({"a":[]})", R"({"a":[1]})", "JSON /a has 1 value, had 0"},
        // what is ignored
        {R"({"time":1,"a":1})", R"({"time":2,"a":1})", "", {"$.time"}},
        {R"({"time":1,"a":1})", R"({"a":2})", "JSON /a is 2, was 1", {"$.time"}},
        {R"({"items":[{"id":1,"n":"x"},{"id":2,"n":"y"}]})",
         R"({"items":[{"id":8,"n":"x"},{"id":9,"n":"z"}]})",
         "JSON /items/1/n is \"z\", was \"y\"",
         {"$.items[*].id"}},
        {R"([{"ad":true},{"n":1}])", R"([{"n":1}])", "", {"$[?@.ad]"}}, // is removed, so the rest moves up
        {R"([{"ad":true},{"n":1}])", R"([{"n":2}])", "JSON /1/n is 2, was 1", {"$[?@.ad]"}},
        {R"({"a":{"b":{"id":1}}})", R"({"a":{"b":{"id":2}}})", "", {"$..id"}},
        {"1", "[]", "", {"$"}},
        {R"({"a":1})", R"({"a":2})", "JSON /a is 2, was 1", {"$.other"}},
        // any order
        {R"({"tags":["x","y","x"]})", R"({"tags":["y","x","x"]})", "", {}, {"$.tags"}},
        {R"({"tags":["x","y","x"]})", R"({"tags":["y","x"]})", "JSON /tags lacks \"x\"", {}, {"$.tags"}},
        {R"({"tags":["x"]})",
         R"({"tags":["y","x","z"]})",
         "JSON /tags has in addition \"y\" and 1 more",
         {},
         {"$.tags"}},
        {R"({"tags":[1,2.0]})", R"({"tags":[2,3]})", "JSON /tags lacks 1, and has in addition 3", {}, {"$.tags"}},
        {R"([100,1e3,-0.0,100000000000000000000,0.1])", R"([1000.0,1.0e2,1e-1,1e20,0])", "", {}, {"$"}},
        {R"([{"id":1,"n":[2,1]},{"id":2,"n":[3]}])",
         R"([{"n":[3],"id":7},{"n":[1,2],"id":8}])",
         "",
         {"$[*].id"},
         {"$", "$[*].n"}},
        {R"({"tags":["x"]})", R"({"tags":"x"})", "JSON /tags is \"x\", was a list of 1", {}, {"$.tags"}},
        // what the old release itself answers differently
        {R"({"t":1,"a":1})", R"({"t":2,"a":2})", "JSON /a is 2, was 1", {}, {}, {R"({"t":3,"a":1})"}, "JSON /t"},
        {R"({"t":1})", R"({"t":2})", "", {}, {}, {R"({"t":1})", R"({"t":3})"}, "JSON /t"}, // only later
        {R"({"t":1})", R"({"t":2})", "JSON /t is 2, was 1", {}, {}, {R"({"t":1})"}},
        {R"({"t":1})", R"({"t":"x"})", "", {}, {}, {R"({"t":null})"}, "JSON /t"},
        {R"({"t":1})", "{}", "JSON /t is missing, was 1", {}, {}, {R"({"t":2})"}}, // it varies, but is always there
        {R"({"t":1})", "{}", "", {}, {}, {"{}"}, "JSON /t"},
        {R"({"a":1})", R"({"a":1,"b":1})", "", {}, {}, {R"({"a":1,"b":2})"}, "JSON /b"},
        {R"({"l":[1,2]})", R"({"l":[1,2,3]})", "", {}, {}, {R"({"l":[1]})"}, "JSON /l"},
        {R"({"l":[1,2]})", R"({"l":[1,3]})", "JSON /l/1 is 3, was 2", {}, {}, {R"({"l":[5,2]})"}},
        {R"({"l":["a","b"]})", R"({"l":["c","b"]})", "", {}, {"$.l"}, {R"({"l":["b","d"]})"}, "JSON /l"},
        {R"({"l":["a","b"]})",
         R"({"l":["c","b"]})",
         "JSON /l lacks \"a\", and has in addition \"c\"",
         {},
         {"$.l"},
         {R"({"l":["b","a"]})"}},
        // the own host
        {R"({"next":"https://blue.example.org:8443/b?page=2"})", R"({"next":"https://green.example.org/b?page=2"})",
         ""},
        {R"({"next":"https://blue.example.org:8443/b"})", R"({"next":"https://blue.example.org:8443/b"})", ""},
        {R"({"next":"https://blue.example.org:8443/b"})", R"({"next":"https://green.example.org.evil.org/b"})",
         "JSON /next is \"https://green.example.org.evil.org/b\", was \"https://blue.example.org:8443/b\""},
        {R"(["see https://blue.example.org:8443"])", R"(["see https://green.example.org"])", "", {}, {"$"}},
    };
    for (const auto& pair : pairs) {
        INFO(pair.old << " and " << pair.fresh);
        const auto found = differences_of(pair);
        CHECK(join(found.listed, " | ") == pair.told);
        CHECK(found.count == found.listed.size());
        CHECK(join(found.unstable, " | ") == pair.unstable);
        // The other way round there are differences, too, or none.
        const auto back = differences_of({pair.fresh, pair.old, "", pair.ignore, pair.unordered},
                                         {blue_and_green.fresh, blue_and_green.old});
        CHECK(back.count == differences_of({pair.old, pair.fresh, "", pair.ignore, pair.unordered}).count);
    }
    CHECK(pairs.size() >= 30);
}

TEST_CASE("a pointer of a message can be ignored as it is") {
    const auto document = json(R"({"a":[{"b":1},{"b":2}],"0":{"x/y":3,"m~n":4},"q\"":5})");
    const std::pair<std::string_view, std::string_view> found[] = {
        {"/a/1/b", "2"},   {"/0/x~1y", "3"}, {"/0/m~0n", "4"}, {"/q\"", "5"},
        {"$.a[0].b", "1"}, {"/a/01/b", ""},  {"/a/2", ""},     {"/b", ""},
    };
    for (const auto& [text, value] : found) {
        INFO(text);
        const auto path = parse_path_or_pointer(text);
        REQUIRE(path.ok());
        const auto nodes = path->find(document);
        REQUIRE(nodes.ok());
        REQUIRE(nodes->size() == (value.empty() ? 0 : 1));
        if (!value.empty()) CHECK(hurl::rendered(*nodes->front()) == std::string(value));
    }
    CHECK(parse_path_or_pointer("a.b").error().kind == Kind::usage);
}

TEST_CASE("twenty differences are listed, and all are counted") {
    std::string old = "[", fresh = "[";
    for (int i = 0; i < 1000; ++i) {
        old += (i > 0 ? "," : "") + std::to_string(i);
        fresh += (i > 0 ? "," : "") + std::to_string(i + 1);
    }
    auto found = differences_of({old + "]", fresh + "]", ""});
    CHECK(found.listed.size() == 20);
    CHECK(found.count == 1000);
    CHECK(found.listed.front() == "JSON /0 is 1, was 0");
    found = differences_of({old + "]", fresh + "]", "", {}, {}, {fresh + "]"}});
    CHECK(found.count == 0);
    CHECK(found.unstable.size() == 20);
    CHECK(found.unstable_count == 1000);
}

TEST_CASE("secrets and control characters of an answer are not shown") {
    const Secret bearer("tok-" + std::string("4711abcd"));
    auto found = differences_of({R"({"access_token":"abcdefgh12345678","n":"a"})",
                                 R"({"access_token":"ijklmnop12345678","n":"tok-4711abcd \u001b[2J"})", ""});
    REQUIRE(found.listed.size() == 2);
    CHECK(found.listed[0] == "JSON /access_token is ***, was ***");
    CHECK(found.listed[1] == "JSON /n is \"*** \\u001b[2J\", was \"a\"");
    const std::string longest(100'000, 'x');
    found = differences_of({"{\"" + longest + "\":[[1]]}", "{\"" + longest + "\":[[\"" + longest + "\"]]}", ""});
    REQUIRE(found.listed.size() == 1);
    CHECK(found.listed[0].size() < 250);
}

TEST_CASE("large and deep answers are compared in linear time") {
    std::string deep, old = "{", fresh = "{";
    for (int i = 0; i < 900; ++i) deep += i % 2 == 0 ? "[" : "{\"a\":";
    for (int i = 0; i < 20'000; ++i) {
        old += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":[" + std::to_string(i) + "]";
        fresh += (i > 0 ? ",\"k" : "\"k") + std::to_string(19'999 - i) + "\":[" + std::to_string(19'999 - i) + "]";
    }
    CHECK(differences_of({old + "}", fresh + "}", "", {}, {"$.*"}}).count == 0);
    std::string closed;
    for (int i = 900; i-- > 0;) closed += i % 2 == 0 ? "]" : "}";
    CHECK(differences_of({deep + "1" + closed, deep + "2" + closed, "", {}, {"$..*"}}).count == 1);
}

TEST_CASE("other bodies are compared by line or by byte") {
    struct Bodies {
        std::string old, fresh, told;
        std::vector<std::string> again = {};
        std::string unstable = {};
    };
    const std::string cannot = "the body can't be compared, because the old release answers with a different one each "
                               "time; leave this check out of compare.checks";
    const std::vector<Bodies> all = {
        {"", "", ""},
        {"<h1>Notes</h1>\n", "<h1>Notes</h1>\n", ""},
        {"<h1>Notes</h1>\n<p>1</p>\n", "<h1>Notes</h1>\n<p>2</p>\n",
         "line 2 of the body is '<p>2</p>', was '<p>1</p>'"},
        {"a\nb\nc", "x\ny\nc", "line 1 of the body is 'x', was 'a' (and 1 more line)"},
        {"a\nb", "a", "the body has 1 lines, had 2; line 2 of the body is missing, was 'b'"},
        {"", "a", "line 1 of the body is 'a', was ''"},
        {"x https://blue.example.org:8443/", "x https://green.example.org/", ""},
        {std::string("\0ab", 3), std::string("\0ac", 3), "the body differs from byte 3 on (3 bytes, was 3)"},
        {"\xff\xfe", "text", "the body differs from byte 1 on (4 bytes, was 2)"},
        {"a\nnonce 1\nb", "a\nnonce 2\nb", "", {"a\nnonce 3\nb"}, "line 2 of the body"},
        {"a\nnonce 1\nb",
         "a\nnonce 2\nc",
         "line 3 of the body is 'c', was 'b'",
         {"a\nnonce 3\nb"},
         "line 2 of the body"},
        {"nonce 1", "nonce 2", cannot, {"nonce 3"}, "line 1 of the body"},
        {"a\nb", "a\nb\nc", cannot, {"a"}},
        {std::string("\0a", 2), std::string("\0b", 2), cannot, {std::string("\0c", 2)}},
    };
    for (const auto& one : all) {
        INFO(one.old << " and " << one.fresh);
        Differences found;
        const std::vector<std::string_view> again(one.again.begin(), one.again.end());
        add_body_differences(one.old, one.fresh, again, blue_and_green, found);
        CHECK(join(found.listed, " | ") == one.told);
        CHECK(join(found.unstable, " | ") == one.unstable);
    }
}
