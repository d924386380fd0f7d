#include "smoke/hurl/values/value.h"
#include "support/catch.h"
#include <limits>

namespace hurl = fairlead::smoke::hurl;

namespace {

hurl::Value json_value(std::string_view text) {
    auto value = hurl::read_json(text);
    INFO(text.substr(0, 100));
    REQUIRE(value.ok());
    return std::move(value).value();
}

std::string big_digits(const hurl::Value& value) {
    const auto* big = value.as<hurl::BigNumber>();
    return big ? big->digits : "";
}

}

TEST_CASE("a number of JSON is an integer, a float, or text when neither holds it") {
    CHECK(*json_value("9223372036854775807").as<std::int64_t>() == INT64_MAX);
    CHECK(*json_value("-9223372036854775808").as<std::int64_t>() == INT64_MIN);
    CHECK(*json_value("2.0").as<double>() == 2.0);
    CHECK(*json_value("1e3").as<double>() == 1000.0);
    CHECK(*json_value("1e-999").as<double>() == 0.0);
    CHECK(big_digits(json_value("9223372036854775808")) == "9223372036854775808");
    CHECK(big_digits(json_value("-9223372036854775809")) == "-9223372036854775809");
    CHECK(big_digits(json_value("18446744073709551616")) == "18446744073709551616");
    CHECK(big_digits(json_value(std::string(400, '7'))) == std::string(400, '7'));
}

TEST_CASE("a number beyond double is kept as it was written, wherever it stands") {
    const auto value = json_value(R"([1, true, "1e999 \" -2e999", {"1e999": -1.5E+999}, 0e0, 1e999,2])");
    const auto& list = *value.as<hurl::List>();
    CHECK(*list[0].as<std::int64_t>() == 1);
    CHECK(*list[2].as<std::string>() == "1e999 \" -2e999");
    CHECK(list[3].as<hurl::Object>()->front().name == "1e999");
    CHECK(big_digits(list[3].as<hurl::Object>()->front().value) == "-1.5E+999");
    CHECK(*list[4].as<double>() == 0.0);
    CHECK(big_digits(list[5]) == "1e999");
    CHECK(*list[6].as<std::int64_t>() == 2);
    for (const auto* wrong : {"[1e999", "[1e999, 01e999]", "[1e999, 1.e999]", "1e999-5", "[1e999 1e999]"})
        CHECK_FALSE(hurl::read_json(wrong).ok());
}

TEST_CASE("what is not JSON is an error with its place") {
    const auto broken = hurl::read_json("{\"a\": 1,\n \"b\" 2}");
    REQUIRE_FALSE(broken.ok());
    CHECK(broken.error().kind == fairlead::Kind::no);
    CHECK(broken.error().place.line == 2);
    CHECK(broken.error().place.column == 6);
    for (const auto* wrong : {"", "[1,]", "{'a':1}", "[NaN]", "\"\xff\"", "1 2", "[1e999, x]"})
        CHECK_FALSE(hurl::read_json(wrong).ok());
    CHECK_FALSE(hurl::read_json(std::string_view("1\0002", 3)).ok());
}

TEST_CASE("JSON may be 1,000 levels deep, and no deeper") {
    CHECK(hurl::read_json(std::string(1000, '[') + std::string(1000, ']')).ok());
    const auto deeper = hurl::read_json(std::string(1001, '[') + std::string(1001, ']'));
    REQUIRE_FALSE(deeper.ok());
    CHECK(fairlead::test::has(deeper.error().message, "deeper than 1000"));
    CHECK_FALSE(hurl::read_json(std::string(1'000'000, '[')).ok());
}

TEST_CASE("of members with one name the last counts, at the place of the first") {
    std::string text = "{\"a\": 1, \"b\": 2, \"a\": [3]";
    for (int i = 0; i < 50; ++i) text += ", \"" + std::to_string(i) + "\": {}, \"b\": " + std::to_string(i);
    const auto value = json_value(text + "}");
    const auto& object = *value.as<hurl::Object>();
    REQUIRE(object.size() == 52);
    CHECK(object[0].name == "a");
    CHECK(object[0].value.as<hurl::List>());
    CHECK(object[1].name == "b");
    CHECK(*object[1].value.as<std::int64_t>() == 49);
}

TEST_CASE("values are equal by what they mean, never across types") {
    const auto is_equal = [](std::string_view left, std::string_view right) {
        const bool is = equal(json_value(left), json_value(right));
        CHECK(is == equal(json_value(right), json_value(left)));
        return is;
    };
    CHECK(is_equal("3", "3.0"));
    CHECK(is_equal("-0.0", "0"));
    CHECK(is_equal("18446744073709551616", "1.8446744073709551616e19"));
    CHECK(is_equal("10e999", "1e1000"));
    CHECK_FALSE(is_equal("9007199254740993", "9007199254740992.0")); // the first is no double
    CHECK_FALSE(is_equal("12345678901234567890", "12345678901234567891"));
    CHECK(is_equal(R"({"a": 1, "b": [2.0]})", R"({"b": [2], "a": 1})"));
    CHECK_FALSE(is_equal(R"({"a": 1, "b": 2})", R"({"a": 1, "c": 2})"));
    CHECK_FALSE(is_equal(R"({"a": 1})", R"({"a": 1, "c": 2})"));
    CHECK_FALSE(is_equal("[1, 2]", "[2, 1]"));
    CHECK_FALSE(is_equal("1", "\"1\""));
    CHECK_FALSE(is_equal("null", "false"));
    CHECK_FALSE(hurl::equal({"a"}, {hurl::Bytes{"a"}}));
    const hurl::Value not_a_number{std::numeric_limits<double>::quiet_NaN()};
    CHECK_FALSE(equal(not_a_number, not_a_number));
}

TEST_CASE("numbers are ordered by value and texts by code point, and nothing else is") {
    const auto ordered = [](std::string_view left, std::string_view right) {
        return order(json_value(left), json_value(right));
    };
    const auto is_unordered = [&](std::string_view left, std::string_view right) {
        return ordered(left, right) == std::partial_ordering::unordered;
    };
    for (const auto& [less, more] :
         std::vector<std::pair<std::string, std::string>>{{"1", "1.5"},
                                                          {"-1.5", "-1"},
                                                          {"9007199254740992.0", "9007199254740993"},
                                                          {"9223372036854775807", "9223372036854775808.0"},
                                                          {"3", "12345678901234567890"},
                                                          {"-12345678901234567890", "-3"},
                                                          {"-1e999", "-1e308"},
                                                          {"9e998", "1e999"},
                                                          {"1.5e308", "1e99999999999999999999999"},
                                                          {"\"Z\"", "\"a\""},
                                                          {"\"\\uffff\"", "\"\\ud83d\\ude00\""}}) {
        INFO(less << " < " << more);
        CHECK(std::is_lt(ordered(less, more)));
        CHECK(std::is_gt(ordered(more, less)));
    }
    CHECK(std::is_eq(ordered("3", "3.0")));
    for (const auto* other : {"\"1\"", "null", "true", "[1]"}) CHECK(is_unordered("1", other));
    CHECK(is_unordered("true", "false"));
}

TEST_CASE("a template gets what can be written into a text") {
    const auto text = [](std::string_view json) { return rendered(json_value(json)).value_or("nothing"); };
    CHECK(text("3") == "3");
    CHECK(text("2.0") == "2.0");
    CHECK(text("-0.0") == "-0.0");
    CHECK(text("-12.5") == "-12.5");
    CHECK(text("0.1") == "0.1");
    CHECK(text("1e-7") == "0.0000001");
    CHECK(text("1e23") == "100000000000000000000000.0");
    CHECK(text("12345678901234567890") == "12345678901234567890");
    CHECK(text("null") == "null");
    CHECK(text("\"a\\nb\"") == "a\nb");
    CHECK(text("[]") == "nothing");
    CHECK(text("{}") == "nothing");
    CHECK_FALSE(hurl::rendered({hurl::Bytes{"a"}}));
    const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds{1767323045123456}};
    CHECK(hurl::rendered({hurl::Date{time}}) == "2026-01-02T03:04:05.123456Z");
    CHECK(hurl::rendered({hurl::Date{time - std::chrono::hours{24 * 365 * 60}}}) == "1966-01-17T03:04:05.123456Z");
}

TEST_CASE("a message shows a value with its type, in one line and not too long") {
    CHECK(describe(json_value("3")) == "integer <3>");
    CHECK(describe(json_value("12345678901234567890")) == "integer <12345678901234567890>");
    CHECK(describe(json_value("1e999")) == "float <1e999>");
    CHECK(describe(json_value("\"a\\nb\"")) == "string <a\\nb>");
    CHECK(describe(json_value(R"([1, "a\"", {"b": null, "c": [2.0]}])")) == R"(list <[1,"a\"",{"b":null,"c":[2.0]}]>)");
    CHECK(describe(json_value("null")) == "null");
    CHECK(hurl::describe({hurl::Bytes{"\x01\xff"}}) == "bytes <01ff>");
    CHECK(hurl::describe({hurl::NodeSet{2}}) == "node set <2>");
    CHECK(hurl::describe({std::string(200, 'a')}) == "string <" + std::string(200, 'a') + ">");
    std::string umlauts;
    for (int i = 0; i < 201; ++i) umlauts += "ä";
    CHECK(hurl::describe({umlauts}) == "string <" + umlauts.substr(0, 400) + "...>");
}
