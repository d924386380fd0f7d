#include "sys/data/json.h"
#include "support/catch.h"
#include <ctime>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

Json parsed(std::string_view text) {
    auto result = parse_json(text, "report.json");
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return std::move(result).value();
}

Error refused(std::string_view text) {
    auto result = parse_json(text, "report.json");
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::no);
    return result.error();
}

}

TEST_CASE("JSON keeps the order of keys and every kind of value") {
    CHECK(dump_json(parsed(R"({"b":[1,-2,3.5,true,null,"x"],"a":{}})")) == R"({"b":[1,-2,3.5,true,null,"x"],"a":{}})");
    CHECK(parsed("18446744073709551615").get<std::uint64_t>() == 18446744073709551615ull);
    CHECK(parsed("\xEF\xBB\xBF[1]").size() == 1);
}

TEST_CASE("of a repeated key the last value wins, in small and large objects") {
    CHECK(dump_json(parsed(R"({"a":1,"b":2,"a":{"c":3}})")) == R"({"a":{"c":3},"b":2})");
    std::string large = "{";
    for (int i = 0; i < 100; ++i) large += "\"k" + std::to_string(i % 50) + "\":" + std::to_string(i) + ",";
    large.back() = '}';
    const Json value = parsed(large);
    CHECK(value.size() == 50);
    CHECK(value["k0"] == 50);
    CHECK(value["k49"] == 99);
}

TEST_CASE("an object of 200,000 keys is read in linear time") {
    std::string text = "{";
    for (int i = 0; i < 200'000; ++i) text += "\"key" + std::to_string(i) + "\":0,";
    text.back() = '}';
    const std::clock_t start = std::clock();
    CHECK(parsed(text).size() == 200'000);
    CHECK(std::clock() - start < 3 * CLOCKS_PER_SEC);
}

TEST_CASE("what is not JSON is refused with its place") {
    const Error error = refused("{\n  \"\u00e4\": tru\n}");
    CHECK(error.place.line == 2);
    CHECK(error.place.column == 11);
    CHECK(error.message.find("not JSON") == 0);
    CHECK(refused("").place.line == 1);
    CHECK(refused("[1] x").place.column == 5);
    CHECK(refused("\"caf\xE9\"").place.line == 1);
    CHECK(refused("1e999").place.line == 1);
    CHECK(refused("\"" + std::string(100'000, 'x')).message.size() < 400);
    for (const auto* torn :
         {"{\"KEY\": \"OldS3kr3tGiraffe", "{\"KEY\": OldS3kr3tGiraffe}", "{\"KEY\": \"OldS3kr3t\x01Giraffe\"}"})
        CHECK(refused(torn).message.find("OldS") == std::string::npos); // it may be a secret
}

TEST_CASE("nesting is limited to 1,000 levels") {
    CHECK(parsed(std::string(1000, '[') + std::string(1000, ']')).is_array());
    CHECK(refused(std::string(1'000'000, '[')).message.find("1000 levels") != std::string::npos);
}

TEST_CASE("UTF-16 with a mark is read in both orders, with surrogate pairs") {
    const std::string little("\xFF\xFE\"\0=\xD8\0\xDE\"\0", 10), big("\xFE\xFF\0\"\xD8=\xDE\0\0\"", 10);
    CHECK(parsed(little).get<std::string>() == "\U0001F600");
    CHECK(parsed(big).get<std::string>() == "\U0001F600");
    CHECK(parsed(std::string_view("\xFF\xFE\"\0=\xD8\"\0", 8)).get<std::string>() == "\uFFFD");
    CHECK(refused(std::string_view("\xFF\xFE[", 3)).place.line == 1);
}

TEST_CASE("wrong UTF-8 in a value is written as a replacement character") {
    CHECK(dump_json(Json("a\xFF")) == "\"a\uFFFD\"");
    CHECK(dump_json(Json::array({1}), 2) == "[\n  1\n]");
}

TEST_CASE("a pointer of RFC 6901 finds what it names and nothing else") {
    const Json value = parsed(R"({"foo":["bar","baz"],"":0,"a/b":1,"m~n":8,"~1":9,"01":7})");
    CHECK(json_pointer(value, "") == &value);
    CHECK(*json_pointer(value, "/foo/1") == "baz");
    CHECK(*json_pointer(value, "/") == 0);
    CHECK(*json_pointer(value, "/a~1b") == 1);
    CHECK(*json_pointer(value, "/m~0n") == 8);
    CHECK(*json_pointer(value, "/~01") == 9);
    CHECK(*json_pointer(value, "/01") == 7);
    for (const char* absent : {"foo", "/foo/2", "/foo/01", "/foo/-", "/foo/", "/foo/+1", "/foo/0/x", "/nope", "/m~n"})
        CHECK(json_pointer(value, absent) == nullptr);
}

TEST_CASE("the text behind a key is empty where there is none") {
    const Json value = parsed(R"({"name": "ada", "count": 3, "none": null})");
    CHECK(text_of(value, "name") == "ada");
    for (const auto* key : {"count", "none", "absent"}) CHECK(text_of(value, key).empty());
    CHECK(text_of(parsed("[\"name\"]"), "name").empty());
    CHECK(text_of(parsed("\"name\""), "name").empty());
}
