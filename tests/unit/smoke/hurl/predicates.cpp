#include "smoke/hurl/predicates.h"
#include "support/value.h"
#include <algorithm>
#include <limits>

namespace hurl = fairlead::smoke::hurl;

namespace {

using hurl::Value;

Value judged_json(std::string_view text) { return fairlead::test::value(hurl::read_json(text)); }
Value judged_bytes(std::string_view bytes) { return Value{hurl::Bytes{std::string(bytes)}}; }
Value judged_date(int day) { return Value{hurl::Date{std::chrono::sys_days(std::chrono::year(2026) / 7 / day)}}; }

// "yes", "no", "mismatch", or the message of an error
std::string judged(const Value& actual, std::string_view predicate, const Value& operand = {}) {
    const auto* row = hurl::find_predicate(predicate);
    if (!row) return "no such predicate";
    const auto judgement = row->judge(actual, operand);
    if (!judgement) return judgement.error().message;
    const bool is_yes = judgement.value() == hurl::Judgement::yes;
    return is_yes ? "yes" : judgement.value() == hurl::Judgement::no ? "no" : "mismatch";
}

struct PredicateCase {
    Value actual;
    std::string_view predicate;
    Value operand;
    std::string_view expected;
};

void check_predicates(const std::vector<PredicateCase>& cases) {
    for (const auto& each : cases) {
        INFO(hurl::describe(each.actual) << " " << each.predicate << " " << hurl::describe(each.operand));
        CHECK(judged(each.actual, each.predicate, each.operand) == each.expected);
    }
}

struct JsonCase { // both sides as JSON
    std::string_view actual, predicate, operand, expected;
};

void check_json(const std::vector<JsonCase>& cases) {
    for (const auto& each : cases) {
        INFO(each.actual << " " << each.predicate << " " << each.operand);
        const auto operand = each.operand.empty() ? Value{} : judged_json(each.operand);
        CHECK(judged(judged_json(each.actual), each.predicate, operand) == each.expected);
    }
}

}

TEST_CASE("values of different types are unequal, and that is no mismatch") {
    check_json({
        {"3", "==", "3", "yes"},
        {"3", "==", "3.0", "yes"},
        {"3", "==", "4", "no"},
        {"3", "==", "\"3\"", "no"},
        {"3", "!=", "\"3\"", "yes"},
        {"true", "==", "\"true\"", "no"},
        {"null", "==", "null", "yes"},
        {"null", "!=", "null", "no"},
        {"null", "==", "0", "no"},
        {"12345678901234567890", "==", "12345678901234567890", "yes"},
        {"12345678901234567890", "!=", "12345678901234567891", "yes"},
        {"[1, {\"a\": 2, \"b\": 3}]", "==", "[1, {\"b\": 3, \"a\": 2}]", "yes"},
        {"[1, 2]", "==", "[2, 1]", "no"},
        {"[1, 2]", "!=", "[2, 1]", "yes"},
    });
    check_predicates({
        {judged_bytes("a"), "==", judged_bytes("a"), "yes"},
        {judged_bytes("a"), "==", Value{std::string("a")}, "no"},
        {judged_date(1), "==", judged_date(1), "yes"},
        {judged_date(1), "!=", judged_date(2), "yes"},
    });
}

TEST_CASE("numbers are in the order of their values, also beyond 64 bits") {
    check_json({
        {"4", ">", "3", "yes"},
        {"3", ">", "3", "no"},
        {"3", ">=", "3.0", "yes"},
        {"2.5", ">=", "3", "no"},
        {"2.5", "<", "3", "yes"},
        {"3", "<", "2.5", "no"},
        {"3", "<=", "3.0", "yes"},
        {"3.1", "<=", "3", "no"},
        {"9007199254740993", ">", "9007199254740992.0", "yes"},
        {"12345678901234567890", "<", "3", "no"}, // as text it would be less
        {"12345678901234567890", ">", "3", "yes"},
        {"-12345678901234567890", "<", "3", "yes"},
        {"12345678901234567890", "<", "12345678901234567891", "yes"},
        {"12345678901234567890", "<=", "9999999999999999999", "no"},
        {"12345678901234567890", ">", "1e30", "no"},
        {"12345678901234567890", "<", "1e30", "yes"},
    });
    const Value nan{std::numeric_limits<double>::quiet_NaN()};
    check_predicates(
        {{nan, "<", Value{std::int64_t{1}}, "no"}, {nan, ">=", Value{std::int64_t{1}}, "no"}, {nan, "==", nan, "no"}});
}

TEST_CASE("strings and dates are in order among themselves, and nothing else is") {
    check_json({
        {"\"test\"", ">", "\"te\"", "yes"},
        {"\"test\"", "<", "\"testabc\"", "yes"},
        {"\"test\"", "<=", "\"test\"", "yes"},
        {"\"B\"", "<", "\"a\"", "yes"},
        {"\"a\"", "<", "\"B\"", "no"},
        {"\"z\"", "<", "\"\u00e9\"", "yes"},
        {"\"\uFFFD\"", "<", "\"\U0001F600\"", "yes"},
        {"\"3\"", "<", "4", "mismatch"},
        {"3", "<", "\"4\"", "mismatch"},
        {"true", ">", "false", "mismatch"},
        {"null", "<=", "null", "mismatch"},
        {"[1]", ">=", "[1]", "mismatch"},
    });
    check_predicates({
        {judged_date(2), ">", judged_date(1), "yes"},
        {judged_date(1), ">", judged_date(1), "no"},
        {judged_date(1), ">=", judged_date(1), "yes"},
        {judged_date(1), "<", judged_date(2), "yes"},
        {judged_date(1), "<", Value{std::string("2026")}, "mismatch"},
        {judged_bytes("a"), "<", judged_bytes("b"), "mismatch"},
        {Value{hurl::NodeSet{1}}, "<", Value{std::int64_t{2}}, "mismatch"},
    });
}

TEST_CASE("texts and bytes have beginnings, ends and parts; a list has members") {
    check_json({
        {"\"Hello\"", "startsWith", "\"He\"", "yes"},    {"\"Hello\"", "startsWith", "\"\"", "yes"},
        {"\"Hello\"", "startsWith", "\"he\"", "no"},     {"1", "startsWith", "\"1\"", "mismatch"},
        {"\"Hello\"", "endsWith", "\"lo\"", "yes"},      {"\"Hello\"", "endsWith", "\"l\"", "no"},
        {"\"Hello\"", "endsWith", "1", "mismatch"},      {"\"Hello\"", "contains", "\"ll\"", "yes"},
        {"\"Hello\"", "contains", "\"lol\"", "no"},      {"\"1\"", "contains", "1", "mismatch"},
        {"{\"a\": 1}", "contains", "\"a\"", "mismatch"}, {"[1, \"a\", null]", "contains", "\"a\"", "yes"},
        {"[1, \"a\", null]", "contains", "1.0", "yes"},  {"[1, \"a\", null]", "contains", "null", "yes"},
        {"[1, \"a\", null]", "contains", "2", "no"},     {"[[1], 2]", "contains", "1", "no"},
        {"[[1], 2]", "contains", "[1]", "yes"},          {"[1, \"a\"]", "includes", "\"a\"", "yes"},
        {"[1, \"a\"]", "includes", "\"b\"", "no"},       {"\"abc\"", "includes", "\"a\"", "mismatch"},
    });
    check_predicates({
        {judged_bytes("\xFF\xD8\xFF"), "startsWith", judged_bytes("\xFF\xD8"), "yes"},
        {judged_bytes("\xFF\xD8\xFF"), "startsWith", judged_bytes("\xD8"), "no"},
        {judged_bytes("\xFF\xD8"), "endsWith", judged_bytes("\xD8"), "yes"},
        {judged_bytes("\xFF\xD8"), "endsWith", judged_bytes("\xFF"), "no"},
        {judged_bytes("abc"), "contains", judged_bytes("bc"), "yes"},
        {judged_bytes("abc"), "contains", judged_bytes(""), "yes"},
        {judged_bytes("abc"), "contains", judged_bytes("cb"), "no"},
        {judged_bytes("abc"), "contains", Value{std::string("b")}, "mismatch"},
        {Value{std::string("abc")}, "startsWith", judged_bytes("a"), "mismatch"},
        {judged_bytes("abc"), "includes", judged_bytes("a"), "mismatch"},
    });
}

TEST_CASE("matches looks anywhere in a string, and a wrong pattern is an error whatever the value is") {
    check_json({
        {"\"Hello World!\"", "matches", "\"W[a-z]+\"", "yes"},
        {"\"Hello World!\"", "matches", "\"^W\"", "no"},
        {"\"Hello World!\"", "matches", "\"(?i)hello\"", "yes"},
        {"\"caf\u00e9\"", "matches", "\"^\\\\w+$\"", "yes"},
        {"\"\u00e9\"", "matches", "\"^\\\\p{Lu}$\"", "no"},
        {"1", "matches", "\"1\"", "mismatch"},
        {"\"1\"", "matches", "1", "mismatch"},
    });
    for (const std::string_view actual : {"\"0\"", "1"}) {
        const auto text = judged(judged_json(actual), "matches", Value{std::string("hi{")});
        CHECK(text.starts_with("pattern 'hi{' is not a regular expression: "));
    }
    const auto judgement = hurl::find_predicate("matches")->judge(Value{}, Value{std::string("(")});
    REQUIRE_FALSE(judgement.ok());
    CHECK(judgement.error().kind == fairlead::Kind::usage);
}

TEST_CASE("all values exist but an empty node set, and what has no content to count can't be empty") {
    check_json({
        {"null", "exists", "", "yes"},
        {"\"\"", "exists", "", "yes"},
        {"[]", "exists", "", "yes"},
        {"\"\"", "isEmpty", "", "yes"},
        {"\"a\"", "isEmpty", "", "no"},
        {"[]", "isEmpty", "", "yes"},
        {"[null]", "isEmpty", "", "no"},
        {"{}", "isEmpty", "", "yes"},
        {"{\"a\": 1}", "isEmpty", "", "no"},
        {"null", "isEmpty", "", "mismatch"},
        {"0", "isEmpty", "", "mismatch"},
        {"false", "isEmpty", "", "mismatch"},
    });
    check_predicates({
        {Value{hurl::NodeSet{0}}, "exists", {}, "no"},
        {Value{hurl::NodeSet{1}}, "exists", {}, "yes"},
        {Value{hurl::Unit{}}, "exists", {}, "yes"},
        {Value{hurl::NodeSet{0}}, "isEmpty", {}, "yes"},
        {Value{hurl::NodeSet{1}}, "isEmpty", {}, "no"},
        {judged_bytes(""), "isEmpty", {}, "yes"},
        {judged_bytes("a"), "isEmpty", {}, "no"},
        {judged_date(1), "isEmpty", {}, "mismatch"},
    });
}

TEST_CASE("each kind of value is of its types, and of no other") {
    const std::string_view type_predicates[] = {"isInteger", "isFloat", "isNumber",     "isBoolean", "isString",
                                                "isDate",    "isList",  "isCollection", "isObject"};
    struct Typed {
        Value value;
        std::vector<std::string_view> types;
    };
    const std::vector<Typed> typed = {
        {judged_json("1"), {"isInteger", "isNumber"}},
        {judged_json("12345678901234567890"), {"isInteger", "isNumber"}},
        {judged_json("1.0"), {"isFloat", "isNumber"}},
        {Value{hurl::BigNumber{"1e999"}}, {"isFloat", "isNumber"}},
        {judged_json("true"), {"isBoolean"}},
        {judged_json("\"1\""), {"isString"}},
        {judged_date(1), {"isDate"}},
        {judged_json("[]"), {"isList", "isCollection"}},
        {judged_bytes(""), {"isList", "isCollection"}},
        {judged_json("{}"), {"isObject", "isCollection"}},
        {Value{hurl::NodeSet{0}}, {"isObject", "isCollection"}},
        {judged_json("null"), {}},
        {Value{hurl::Unit{}}, {}},
        {Value{hurl::Step{}}, {}},
    };
    for (const auto& [each, types] : typed)
        for (const auto predicate : type_predicates) {
            INFO(hurl::describe(each) << " " << predicate);
            const bool is_so = std::find(types.begin(), types.end(), predicate) != types.end();
            CHECK(judged(each, predicate) == (is_so ? "yes" : "no"));
        }
}

namespace {

void check_forms(std::string_view predicate, const std::vector<std::string_view>& good,
                 const std::vector<std::string_view>& bad) {
    for (const auto text : good) {
        INFO(predicate << " " << text);
        CHECK(judged(Value{std::string(text)}, predicate) == "yes");
    }
    for (const auto text : bad) {
        INFO(predicate << " " << text);
        CHECK(judged(Value{std::string(text)}, predicate) == "no");
    }
    CHECK(judged(judged_json("2026"), predicate) == "mismatch");
    CHECK(judged(Value{}, predicate) == "mismatch");
    CHECK(judged(judged_date(1), predicate) == "mismatch");
}

}

TEST_CASE("dates, addresses and UUIDs are known by their form, in strings only") {
    check_forms("isIsoDate",
                {"1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00", "1990-12-31T23:59:60Z",
                 "1937-01-01T12:00:27.87+00:20", "2018-12-10T13:45:00.000Z"},
                {"1978-01-15", "2018", "", "2018-12-10T13:45:00", "2018-13-10T13:45:00Z", "2018-12-10T13:45Z",
                 "2018-12-10T13:45:00Z ", "2018-12-10T13:45:00+0100"});
    check_forms("isIpv4", {"1.2.3.4", "0.0.0.0", "255.255.255.255"},
                {"1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.", "1.2.3.4 ", "", "a.b.c.d", "1.2.3.-4", "::1",
                 "1.2.3.4/8", "0x1.2.3.4"});
    check_forms("isIpv6",
                {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "2001:DB8::1", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
                 "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "fe80::1"},
                {"", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4::5:6:7:8",
                 "12345::", "g::", "fe80::1%eth0", "[::1]", "1.2.3.4", "1.2.3.4::", "::1.2.3.4:5",
                 "1:2:3:4:5:6:7:1.2.3.4", "1:", ":1", "::1.2.3", "1:::2"});
    check_forms("isUuid",
                {"01cc0f54-8885-4a1d-9121-ae5d316a33c5", "01CC0F54-8885-4A1D-9121-AE5D316A33C5",
                 "00000000-0000-0000-0000-000000000000", "01cc0f5488854a1d9121ae5d316a33c5",
                 "{01cc0f54-8885-4a1d-9121-ae5d316a33c5}", "urn:uuid:01cc0f54-8885-4a1d-9121-ae5d316a33c5"},
                {"", "01cc0f54-8885-4a1d-9121-ae5d316a33c", "01cc0f54-8885-4a1d-9121-ae5d316a33cg",
                 "01cc0f548885-4a1d-9121-ae5d316a33c5", "01cc0f548-885-4a1d-9121-ae5d316a33c5",
                 "{01cc0f54-8885-4a1d-9121-ae5d316a33c5", "01cc0f5488854a1d9121ae5d316a33cz",
                 "urn:uuid:01cc0f5488854a1d9121ae5d316a33c5"});
}

TEST_CASE("every predicate has a row of its own, and survives every pair of values") {
    const std::vector<Value> all = {Value{},
                                    judged_json("true"),
                                    judged_json("1"),
                                    judged_json("1.5"),
                                    judged_json("12345678901234567890"),
                                    judged_json("\"a\""),
                                    judged_json("[1]"),
                                    judged_json("{\"a\": 1}"),
                                    judged_bytes("a"),
                                    judged_date(1),
                                    Value{hurl::NodeSet{}},
                                    Value{hurl::Unit{}},
                                    Value{hurl::Step{}}};
    std::vector<std::string_view> names;
    for (const auto& predicate : hurl::predicates()) {
        names.push_back(predicate.name);
        CHECK(hurl::find_predicate(predicate.name) == &predicate);
        for (const auto& actual : all)
            for (const auto& operand : all) CHECK(predicate.judge(actual, operand).ok());
    }
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
    CHECK(names.size() == 26);
    CHECK(hurl::find_predicate("equals") == nullptr);
    CHECK(hurl::find_predicate("") == nullptr);
}
