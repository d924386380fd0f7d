#include "sys/data/json_stream.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include "sys/process/confine.h"
#include <vector>

using namespace fairlead;
using sys::Json;
using sys::JsonKind;

namespace {

// Notes every path, builds what it was told to.
struct Recorder : sys::JsonHandler {
    Result<Take> begin(std::string_view path, JsonKind) override {
        seen.emplace_back(path);
        if (path == fails_at) return no("enough");
        if (path == build) return Take::build;
        return path == skip ? Take::skip : Take::enter;
    }
    Result<void> built(std::string_view path, Json value) override {
        values.push_back(value.dump());
        return fails_built && values.size() == 2 ? Result<void>(no("too much of " + std::string(path)))
                                                 : Result<void>();
    }
    Result<void> left(std::string_view path) override {
        seen.push_back("left " + std::string(path));
        return seen.back() == fails_at ? Result<void>(no("enough")) : Result<void>();
    }
    bool done() const override { return !stop.empty() && !seen.empty() && seen.back() == stop; }
    std::string build = "?", skip = "?", stop, fails_at = "?";
    bool fails_built = false; // at the second value
    std::vector<std::string> seen, values;
};

Result<void> stream(std::string_view text, Recorder& recorder) {
    return sys::stream_json(sys::ByteStream::of(text, sys::Encoding::utf8), "x.json", recorder);
}

}

TEST_CASE("every value is offered with its path, elements of arrays alike") {
    Recorder recorder;
    REQUIRE(stream(R"({"a": [1, {"b": null}], "c": {}})", recorder).ok());
    CHECK(recorder.seen == std::vector<std::string>{"", "/a", "/a/*", "/a/*", "/a/*/b", "left /a/*", "left /a", "/c",
                                                    "left /c", "left "});
}

TEST_CASE("only what is asked for is built, whole") {
    Recorder recorder;
    recorder.build = "/a/*";
    recorder.skip = "/c";
    REQUIRE(stream(R"({"c": {"a": [9]}, "a": [1, {"b": [true, {"x": "y"}]}, [2.5]], "d": 1})", recorder).ok());
    CHECK(recorder.values == std::vector<std::string>{"1", R"({"b":[true,{"x":"y"}]})", "[2.5]"});
}

TEST_CASE("a name that looks like a path does not become one") {
    Recorder recorder;
    recorder.build = "/a/*";
    REQUIRE(stream(R"({"a/*": 1, "a": {"*": 2, "~": 3}})", recorder).ok());
    CHECK(recorder.values.empty());
    CHECK(recorder.seen == std::vector<std::string>{"", "/a~1~2", "/a", "/a/~2", "/a/~0", "left /a", "left "});
}

TEST_CASE("what is malformed or too deep is an error with its place") {
    Recorder recorder;
    const auto broken = stream("{\"a\":\n  nope}", recorder);
    REQUIRE_FALSE(broken.ok());
    CHECK(broken.error().kind == Kind::no);
    CHECK(broken.error().place.file == "x.json");
    CHECK(broken.error().place.line == 2);
    CHECK_FALSE(stream("{} x", recorder).ok());
    CHECK_FALSE(stream("[1", recorder).ok());
    CHECK_FALSE(stream("", recorder).ok());
    const auto deep = stream(std::string(5000, '['), recorder);
    REQUIRE_FALSE(deep.ok());
    CHECK(deep.error().message.find("1000") != std::string::npos);
    recorder.skip = "/*";
    CHECK_FALSE(stream(std::string(5000, '['), recorder).ok());
}

TEST_CASE("an error of the handler ends the reading and is the result, though more is broken behind it") {
    const std::string text = R"({"a": [1, 2, 3, [4]], "b": {}, broken)";
    for (const std::string at : {"/b", "/a", "/a/*", "left /a/*", "left /a"}) {
        Recorder recorder;
        recorder.fails_at = at;
        const auto done = stream(text, recorder);
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().message == "enough");
        CHECK(recorder.seen.back() == at);
    }
    for (const std::string build : {"/a/*", "/a"}) {
        Recorder recorder;
        recorder.build = build;
        recorder.fails_built = true;
        const auto done = stream(build == "/a" ? R"({"a": {"x": 1}, "a": [2], "a": [3], broken)" : text, recorder);
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().message == "too much of " + build);
        CHECK(recorder.values.size() == 2);
    }
}

TEST_CASE("an error of the handler that names the file without a line gets the place reached") {
    struct Refuser : sys::JsonHandler {
        std::string file;
        Result<Take> begin(std::string_view path, JsonKind) override {
            if (path == "/b") return no("bad", {file, 0, 0, {}});
            return Take::enter;
        }
    };
    const auto line = [](const std::string& file) {
        Refuser refuser;
        refuser.file = file;
        const auto text = "{\"a\": 1,\n\n \"b\": 2}";
        return sys::stream_json(sys::ByteStream::of(text, sys::Encoding::utf8), "x.json", refuser).error().place.line;
    };
    CHECK(line("x.json") == 3);
    CHECK(line("other.json") == 0);
    CHECK(line("") == 0);
}

TEST_CASE("a handler that is done stops the reading before what is broken later") {
    Recorder recorder;
    recorder.stop = "/b";
    CHECK(stream(R"({"a": 1, "b": 2, )", recorder).ok());
}

TEST_CASE("strings, gaps and values are read to a limit") {
    const std::string over(sys::longest_json_token + 200'000, ' ');
    for (const auto& text : {"{\"a\": \"" + over + "\"}", "{\"" + over + "\": 1}", "[1" + over + "]"}) {
        Recorder recorder;
        const auto result = stream(text, recorder);
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().message ==
              "malformed JSON: a string, a number or a gap is longer than 16 MiB, which is the limit");
        CHECK(result.error().place.line == 1);
    }
    if (sys::sanitized) return; // half a minute there, and it runs without, too
    Recorder recorder;
    recorder.build = "/*";
    std::string list = "[[";
    for (int i = 0; i < 5'000'000; ++i) list += "0,";
    const auto result = stream(list + "0]]", recorder);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message == "malformed JSON: a value takes more than 64 MiB of memory, which is the limit");
}

TEST_CASE("members that nobody wants are left out of what is built") {
    struct Keeper : Recorder {
        bool keeps(std::string_view path, std::string_view member) const override {
            return path == "/*" && member != "big" && member != "no";
        }
    } recorder;
    recorder.build = "/*";
    REQUIRE(stream(R"([{"no": 1, "a": {"no": [2]}, "big": {"x": [{}], "a": 3}, "b": 4}, {"big": []}, [5]])", recorder)
                .ok());
    CHECK(recorder.values == std::vector<std::string>{R"({"a":{"no":[2]},"b":4})", "{}", "[5]"});
}

TEST_CASE("what RFC 8259 doesn't allow is refused, and what it allows is read") {
    const auto value = [](std::string_view text) {
        Recorder recorder;
        recorder.build = "/*";
        const auto done = stream(text, recorder);
        return done.ok() && recorder.values.size() == 1 ? recorder.values[0] : "no: " + done.error().message;
    };
    CHECK(value(R"(["\ud83d\ude00\u0000\/\b"])") == "\"\xF0\x9F\x98\x80\\u0000/\\b\"");
    CHECK(value("[-0]") == "0");
    CHECK(value("[18446744073709551615]") == "18446744073709551615");
    CHECK(value("[-9223372036854775808]") == "-9223372036854775808");
    CHECK(value("[18446744073709551616]") == "1.8446744073709552e+19");
    CHECK(value("[1e-400]") == "0.0");
    CHECK(value("[0.1]") == "0.1");
    using namespace std::literals;
    for (const auto text : {"[1e400]"sv,
                            "[1.8e308]"sv,
                            "[01]"sv,
                            "[1.]"sv,
                            "[.5]"sv,
                            "[+1]"sv,
                            "[NaN]"sv,
                            "[0x1]"sv,
                            "['a']"sv,
                            "[\"\\ud800\"]"sv,
                            "[\"\\udc00\"]"sv,
                            "[\"\\ud800\\u0041\"]"sv,
                            "[\"\xff\"]"sv,
                            "[\"\xc0\x80\"]"sv,
                            "[\"\xed\xa0\x80\"]"sv,
                            "[\"a\nb\"]"sv,
                            "[\"\\x\"]"sv,
                            "[1,]"sv,
                            "[1 2]"sv,
                            "[1] 2"sv,
                            "[1]\0"sv,
                            "[1]\0[2"sv,
                            "[\"a\0\"]"sv,
                            "[1]//x"sv,
                            "{\"a\" 1}"sv,
                            "{\"\\udfff\": 1}"sv}) {
        INFO(text);
        CHECK(value(text).starts_with("no: malformed JSON: "));
        CHECK_FALSE(sys::parse_json(text, "x.json").ok());
    }
}

TEST_CASE("where JSON is broken is told to the letter, in any piece") {
    const auto place = [](const std::string& text, std::size_t size) {
        std::string_view rest = text;
        Recorder recorder;
        const auto done = sys::stream_json(sys::ByteStream::of(
                                               [&]() -> Result<std::string_view> {
                                                   const auto piece = rest.substr(0, size);
                                                   rest.remove_prefix(piece.size());
                                                   return piece;
                                               },
                                               sys::Encoding::utf8),
                                           "x.json", recorder);
        return std::to_string(done.error().place.line) + ":" + std::to_string(done.error().place.column);
    };
    for (const std::size_t size : {1U, 2U, 3U, 7U, 100U}) {
        INFO(size);
        CHECK(place("[1,\n \"\xC3\xA4\" x]", size) == "2:6");
        CHECK(place("{\"a\": 1\n", size) == "2:1");
        CHECK(place("[\n\n  nul]", size) == "3:6");
        CHECK(place("[\n\"plain\", \"\\udc00\", 1]", size) == "2:17"); // at the end of what can't be text
        CHECK(place("[\n\"plain\", \"\xC3\", 1]", size) == "2:12");
    }
}

TEST_CASE("the texts of a line's object are read, and nothing that is no object") {
    const auto texts = [](std::string_view line) -> std::string {
        std::string out;
        const bool read = sys::read_texts(line, [&](std::string_view name, std::string_view text) {
            out.append(name).append("=").append(text).append(";");
        });
        return read ? out : "no";
    };
    CHECK(texts(R"({"a": "x\ty", "b": 1, "c": {"a": "z"}, "d": ["q"], "e": null, "f": "\u00e4"})") ==
          "a=x\ty;f=\xC3\xA4;");
    CHECK(texts("{}") == "");
    using namespace std::literals;
    for (const auto line : {""sv, "1"sv, "\"a\""sv, "[]"sv, "null"sv, "{"sv, "{} {}"sv, "{}\0"sv, "{\"a\":\"\xff\"}"sv,
                            "{\"a\":\"\\udc00\"}"sv, "{\"a\":\"x"sv, "{\"a\":1e999}"sv,
                            "{\"a\":\"a text of sixteen\x1d\"}"sv, "{\"a\":\"a text of sixteen\x01\"}"sv}) {
        INFO(line);
        CHECK(texts(line) == "no");
    }
    CHECK(texts(std::string(2000, '[')) == "no");
    CHECK(texts("{\"a\":" + std::string(2000, '[')) == "no");
}

TEST_CASE("a name that stands twice in an object that is built is refused, in small and big ones") {
    const auto error_of = [](std::string_view text) {
        Recorder recorder;
        recorder.build = "/a";
        const auto done = sys::stream_json(sys::ByteStream::of(text, sys::Encoding::utf8), "r.json", recorder);
        return done.ok() ? "" : done.error().message;
    };
    CHECK(error_of(R"({"a": {"b": 1, "c": 2}})").empty());
    CHECK(error_of(R"({"a": {"b": 1, "c": {"d": 1, "d": 2}}})") ==
          "malformed JSON: the name 'd' stands twice in an object");
    std::string many = R"({"a": {)";
    for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\": 0, ";
    CHECK(error_of(many + R"("last": 1}})").empty());
    CHECK(error_of(many + R"("k7": 1}})") == "malformed JSON: the name 'k7' stands twice in an object");
}
