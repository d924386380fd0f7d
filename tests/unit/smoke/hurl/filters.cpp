#include "smoke/hurl/filters.h"
#include "smoke/hurl/text_filters.h"
#include "support/value.h"
#include <algorithm>

namespace hurl = fairlead::smoke::hurl;

namespace {

using hurl::Value;
using FilterInputs = std::vector<Value>;

const hurl::FilterWorld some_day{std::chrono::sys_days(std::chrono::year(2026) / 7 / 1) + std::chrono::hours(12)};

Value from_json(std::string_view text) { return fairlead::test::value(hurl::read_json(text)); }
Value text_of(std::string_view text) { return Value{std::string(text)}; }
Value bytes_of(std::string_view bytes) { return Value{hurl::Bytes{std::string(bytes)}}; }
Value date_of(std::chrono::sys_time<std::chrono::microseconds> time) { return Value{hurl::Date{time}}; }

// "integer <3>", "nothing", "no: why", "usage: why" or "could not: why"
std::string filtered(std::string_view name, const Value& input, const FilterInputs& operands = {},
                     const hurl::FilterWorld& world = some_day) {
    const auto* filter = hurl::find_filter(name);
    if (!filter) return "no such filter";
    const auto result = filter->apply(input, operands, world);
    const auto kind = result ? fairlead::Kind::no : result.error().kind;
    const bool is_usage = kind == fairlead::Kind::usage;
    if (!result)
        return (is_usage ? "usage: " : kind == fairlead::Kind::no ? "no: " : "could not: ") + result.error().message;
    return result.value() ? hurl::describe(*result.value()) : "nothing";
}

struct FilterCase {
    std::string_view filter;
    Value input;
    FilterInputs operands;
    std::string_view expected; // or how the error begins
};

void check_filters(const std::vector<FilterCase>& cases) {
    for (const auto& each : cases) {
        const auto result = filtered(each.filter, each.input, each.operands);
        INFO(each.filter << " of " << hurl::describe(each.input));
        if (each.expected.starts_with("no: ") || each.expected.starts_with("usage: "))
            CHECK(result.substr(0, each.expected.size()) == each.expected);
        else
            CHECK(result == each.expected);
    }
}

}

TEST_CASE("base64 becomes bytes and bytes become base64, each alphabet by itself") {
    check_filters({
        {"base64Decode", text_of("PDw/Pz8+Pg=="), {}, "bytes <3c3c3f3f3f3e3e>"},
        {"base64Decode", text_of(""), {}, "bytes <>"},
        {"base64Decode", text_of("PDw_Pz8-Pg=="), {}, "no: the input is string <PDw_Pz8-Pg==>; expected base64"},
        {"base64Decode", text_of("PDw/Pz8+Pg"), {}, "no: the input is string"},
        {"base64Decode", text_of("!@#"), {}, "no: the input is string"},
        {"base64Decode", bytes_of("AA=="), {}, "no: the input is bytes <41413d3d>; expected a string"},
        {"base64UrlSafeDecode", text_of("PDw_Pz8-Pg"), {}, "bytes <3c3c3f3f3f3e3e>"},
        {"base64UrlSafeDecode", text_of("PDw/Pz8+Pg"), {}, "no: the input is string"},
        {"base64UrlSafeDecode", text_of("PDw_Pz8-Pg=="), {}, "no: the input is string"},
        {"base64Encode", bytes_of("<<??\?>>"), {}, "string <PDw/Pz8+Pg==>"},
        {"base64UrlSafeEncode", bytes_of("<<??\?>>"), {}, "string <PDw_Pz8-Pg>"},
        {"base64Encode", text_of("a"), {}, "no: the input is string <a>; expected bytes; write utf8Encode"},
        {"base64UrlSafeEncode", from_json("1"), {}, "no: the input is integer <1>; expected bytes"},
    });
}

TEST_CASE("bytes and text become each other") {
    check_filters({
        {"toHex", bytes_of("\xC4\xE3\x01"), {}, "string <c4e301>"},
        {"toHex", text_of("a"), {}, "no: the input is string <a>; expected bytes"},
        {"utf8Encode", text_of("caf\u00e9"), {}, "bytes <636166c3a9>"},
        {"utf8Encode", bytes_of("a"), {}, "no: the input is bytes <61>; expected a string"},
        {"utf8Decode", bytes_of("caf\xC3\xA9"), {}, "string <caf\u00e9>"},
        {"utf8Decode", bytes_of("a\xFFz"), {}, "string <a\uFFFDz>"},
        {"utf8Decode", text_of("a"), {}, "no: the input is string <a>; expected bytes"},
        {"decode", bytes_of("\xC4\xE3\xBA\xC3"), {text_of("gb2312")}, "string <\u4f60\u597d>"},
        {"decode", bytes_of("caf\xC3\xA9"), {text_of("iso-8859-1")}, "string <caf\u00c3\u00a9>"},
        {"decode", bytes_of("caf\xC3\xA9"), {text_of("arabic")}, "no: the bytes are not text in the encoding 'arabic'"},
        {"decode", bytes_of("a"), {text_of("unknown")}, "no: encoding 'unknown' is unknown; expected e.g. utf-8"},
        {"decode", text_of("a"), {text_of("utf-8")}, "no: the input is string <a>; expected bytes"},
        {"decode", bytes_of("a"), {from_json("8")}, "usage: operand 1 is integer <8>; expected a string"},
    });
}

TEST_CASE("lists have elements, and only what has elements has a count") {
    const auto list = from_json("[7, \"x\", null]");
    check_filters({
        {"count", list, {}, "integer <3>"},
        {"count", from_json("[]"), {}, "integer <0>"},
        {"count", bytes_of("abc"), {}, "integer <3>"},
        {"count", Value{hurl::NodeSet{4}}, {}, "integer <4>"},
        {"count", text_of("abc"), {}, "no: the input is string <abc>; expected a list, bytes or a node set"},
        {"count", from_json("{\"a\": 1}"), {}, "no: the input is object <{\"a\":1}>; expected a list"},
        {"first", list, {}, "integer <7>"},
        {"last", list, {}, "null"},
        {"first", from_json("[]"), {}, "no: the list is empty"},
        {"last", from_json("[]"), {}, "no: the list is empty"},
        {"first", text_of("ab"), {}, "no: the input is string <ab>; expected a list"},
        {"last", bytes_of("ab"), {}, "no: the input is bytes <6162>; expected a list"},
        {"nth", list, {from_json("1")}, "string <x>"},
        {"nth", list, {from_json("-1")}, "null"},
        {"nth", list, {from_json("-3")}, "integer <7>"},
        {"nth", list, {from_json("3")}, "no: the list has 3 elements, and so none at 3"},
        {"nth", list, {from_json("-4")}, "no: the list has 3 elements, and so none at -4"},
        {"nth", list, {from_json("-9223372036854775808")}, "no: the list has 3 elements"},
        {"nth", text_of("abc"), {from_json("0")}, "no: the input is string <abc>; expected a list"},
        {"nth", list, {text_of("1")}, "usage: the operand is string <1>; expected an integer"},
        {"nth", list, {}, "usage: the operand is missing"},
    });
}

TEST_CASE("a regex gives its first group, or nothing") {
    check_filters({
        {"regex", text_of("Hello Bob!"), {text_of("Hello (.*)!")}, "string <Bob>"},
        {"regex", text_of("Hello Bob!"), {text_of("(?<who>B\\w+)")}, "string <Bob>"},
        {"regex", text_of("Hello Bob!"), {text_of("Hello ()")}, "string <>"},
        {"regex", text_of("Hello Bob!"), {text_of("Hello .*!")}, "nothing"},
        {"regex", text_of("Hello Bob!"), {text_of("Bye (.*)")}, "nothing"},
        {"regex", text_of("Hello Bob!"), {text_of("(x)?Bob")}, "nothing"},
        {"regex", from_json("12"), {text_of("(1)")}, "no: the input is integer <12>; expected a string"},
        {"regex", text_of("x"), {text_of("(")}, "usage: pattern '(' is not a regular expression"},
    });
}

TEST_CASE("expressions are those of Rust, for which all of Unicode has digits, letters and blanks") {
    const auto group = [](std::string_view text, std::string_view pattern) {
        return filtered("regex", text_of(text), {text_of(pattern)});
    };
    CHECK(group("na\u00efve caf\u00e9", "(\\w+)$") == "string <caf\u00e9>");
    CHECK(group("a\u00a0b", "a(\\s)b") == "string <\u00a0>");
    CHECK(group("\u0664\u0662", "^(\\d+)$") == "string <\u0664\u0662>");
    CHECK(group("\u0664\u0662", "^([^\\d]+)$") == "nothing");
    CHECK(group("\u0664x", "([\\D])") == "string <x>");
    CHECK(group("\u0664x", "(\\D)") == "string <x>");
    CHECK(group("caf\u00e9", "(\\W)") == "nothing");
    CHECK(group("caf\u00e9 x", "([\\w-]+)") == "string <caf\u00e9>");
    CHECK(group("a\nb", "([\\s\\S]+)") != "nothing");
    CHECK(group("A", "(\\u0041|\\u{42})") == "string <A>");
    CHECK(group("B", "(\\u0041|\\u{42})") == "string <B>");
    CHECK(group("x]y", "([]]y)") == "string <]y>");
    CHECK(group("x1", "([[:alpha:]])") == "string <x>");
    CHECK(group("aaa", "(a{2})") == "string <aa>");
    CHECK(group("A", "(?x) ( # a letter\n [ \\w - ] )") == "string <A>");
    CHECK(group("b a", "(?x: b\\ (a) )") == "string <a>");
    CHECK(group("a b", "((?x: a ) b)") == "string <a b>");
    CHECK(group("aaab", "(a++)b") == "string <aaa>");
    CHECK(group("\u00e9\u00e9", "(\u00e9+{2})") == "string <\u00e9\u00e9>");
    CHECK(group("aab", "((?:a|b)+*)") == "string <aab>");
    CHECK(group("x-]9", "([[a-z][-\\]]]+)") == "string <x-]>");
    CHECK(group("1\u00e9", "(?u)(\\w+)") == "string <1\u00e9>");
    CHECK(group("1\u00e9", "(?-u)(\\w+)") == "string <1>");
    CHECK(group("1\u00e9", "(?-u:\\d)(\\w)") == "string <\u00e9>");
    CHECK(group("aB", "(?i-x)(b)") == "string <B>");
    CHECK(group("a", "a" + std::string(1'000'000, '+')).find("too many repetitions") != std::string::npos);
    CHECK(group("\u00e9", "(\\p{Letter})") == "string <\u00e9>");
    CHECK(group("\u00e9", "(\\p{lowercase_letter}|x)") == "string <\u00e9>");
    CHECK(group("\u00e9", "(\\p{gc=Lu})") == "nothing");
    CHECK(group("\u03b1", "(\\p{script=greek})") == "string <\u03b1>");
    CHECK(group("1\u03b1", "(\\P{Alphabetic}[\\P{N}])") == "string <1\u03b1>");
    for (const std::string_view wrong :
         {"[a-z&&[^b]]", "[\\w--\\d]", "[a[^b]]", "(?R)a$",    "\\b{end}", "\\C",
          "\\0",         "\\Qa\\E",    "\\Z",     "\\p{Latn}", "\\p{x=y}", "[\\P{Alphabetic}]",
          "a{1001}",     "[[a]b",      "hi{",     "a{,3}",     "{",        "(?=a)",
          "(?<=a)b",     "(a)\\1",     "[a",      "[[:",       "[[:al",    "\\p{",
          "\\u00",       "\\u{",       "*"}) {
        INFO(wrong);
        CHECK(group("aaab", wrong)
                  .starts_with("usage: pattern '" + std::string(wrong) + "' is not a regular expression"));
    }
}

TEST_CASE("replace takes texts, replaceRegex takes matches and groups") {
    check_filters({
        {"replace", text_of("a.b.c"), {text_of("."), text_of("$1")}, "string <a$1b$1c>"},
        {"replace", text_of("abc"), {text_of("x"), text_of("y")}, "string <abc>"},
        {"replace", text_of("ab"), {text_of(""), text_of("-")}, "string <-a-b->"},
        {"replace", from_json("1"), {text_of("1"), text_of("2")}, "no: the input is integer <1>; expected a string"},
        {"replace", text_of("a"), {text_of("a")}, "usage: operand 2 is missing; expected a string"},
        {"replaceRegex", text_of("b12 c3"), {text_of("([a-z])(\\d+)"), text_of("$2$1")}, "string <12b 3c>"},
        {"replaceRegex", text_of("b12"), {text_of("(?<l>[a-z])(?P<n>\\d+)"), text_of("${n}x$l!")}, "string <12xb!>"},
        {"replaceRegex", text_of("b1"), {text_of("(b)"), text_of("$1x")}, "string <1>"}, // the group `1x`
        {"replaceRegex", text_of("b1"), {text_of("(b)"), text_of("$$1$ ${1")}, "string <$1$ ${11>"},
        {"replaceRegex", text_of("b1"), {text_of("b"), text_of("$9${none}")}, "string <1>"},
        {"replaceRegex", text_of("abc"), {text_of("b*"), text_of("-")}, "string <-a-c->"},
        {"replaceRegex", text_of("\u00e9\u00e9"), {text_of(""), text_of("-")}, "string <-\u00e9-\u00e9->"},
        {"replaceRegex", text_of(""), {text_of("x*"), text_of("-")}, "string <->"},
        {"replaceRegex", text_of("aa"), {text_of("^a"), text_of("b")}, "string <ba>"},
        {"replaceRegex", text_of("a"), {text_of("["), text_of("")}, "usage: pattern '[' is not a regular expression"},
        {"replaceRegex", from_json("null"), {text_of("a"), text_of("b")}, "no: the input is null; expected a string"},
    });
}

TEST_CASE("split keeps empty parts") {
    check_filters({
        {"split", text_of("a,,b,"), {text_of(",")}, "list <[\"a\",\"\",\"b\",\"\"]>"},
        {"split", text_of(""), {text_of(",")}, "list <[\"\"]>"},
        {"split", text_of("ab"), {text_of(", ")}, "list <[\"ab\"]>"},
        {"split", text_of("\u00e9b"), {text_of("")}, "list <[\"\",\"\u00e9\",\"b\",\"\"]>"},
        {"split", from_json("[1]"), {text_of(",")}, "no: the input is list <[1]>; expected a string"},
    });
}

TEST_CASE("numbers are read from whole strings only") {
    check_filters({
        {"toInt", text_of("123"), {}, "integer <123>"},
        {"toInt", text_of("+123"), {}, "integer <123>"},
        {"toInt", text_of("-9223372036854775808"), {}, "integer <-9223372036854775808>"},
        {"toInt", from_json("5"), {}, "integer <5>"},
        {"toInt", from_json("1.9"), {}, "integer <1>"},
        {"toInt", from_json("-1.9"), {}, "integer <-1>"},
        {"toInt", from_json("-9223372036854775808.0"), {}, "integer <-9223372036854775808>"},
        {"toInt", text_of("123x"), {}, "no: the input is string <123x>; expected a number"},
        {"toInt", text_of("3.25"), {}, "no: the input is string <3.25>"},
        {"toInt", text_of(" 3"), {}, "no: the input is string < 3>"},
        {"toInt", text_of("+-3"), {}, "no: the input is string <+-3>"},
        {"toInt", text_of(""), {}, "no: the input is string <>"},
        {"toInt", text_of("9223372036854775808"), {}, "no: the input is string"},
        {"toInt", from_json("9223372036854775808.0"), {}, "no: the input is float"},
        {"toInt", from_json("12345678901234567890"), {}, "no: the input is integer <12345678901234567890>"},
        {"toInt", from_json("true"), {}, "no: the input is boolean <true>"},
        {"toFloat", text_of("3.1415"), {}, "float <3.1415>"},
        {"toFloat", text_of("+1e2"), {}, "float <100.0>"},
        {"toFloat", from_json("3"), {}, "float <3.0>"},
        {"toFloat", from_json("3.5"), {}, "float <3.5>"},
        {"toFloat", text_of("3x.1415"), {}, "no: the input is string <3x.1415>"},
        {"toFloat", text_of("nan"), {}, "no: the input is string <nan>"}, // of which every comparison is false
        {"toFloat", text_of("inf"), {}, "no: the input is string <inf>"},
        {"toFloat", from_json("12345678901234567890"), {}, "no: the input is integer <12345678901234567890>"},
        {"toFloat", from_json("null"), {}, "no: the input is null"},
        {"toString", from_json("100"), {}, "string <100>"},
        {"toString", from_json("2.0"), {}, "string <2.0>"},
        {"toString", from_json("true"), {}, "string <true>"},
        {"toString", from_json("null"), {}, "string <null>"},
        {"toString", from_json("12345678901234567890"), {}, "string <12345678901234567890>"},
        {"toString", date_of(some_day.now), {}, "string <2026-07-01T12:00:00.000000Z>"},
        {"toString", from_json("[]"), {}, "no: the input is list <[]>; expected a string, number"},
        {"toString", from_json("{}"), {}, "no: the input is object <{}>"},
        {"toString", bytes_of("a"), {}, "no: the input is bytes <61>"},
    });
}

TEST_CASE("HTML is escaped and unescaped as Python's html module does it") {
    check_filters({
        {"htmlEscape", text_of("<a b=\"c\">&'\u00e9"), {}, "string <&lt;a b=&quot;c&quot;&gt;&amp;&#x27;\u00e9>"},
        {"htmlEscape", from_json("1"), {}, "no: the input is integer <1>; expected a string"},
        {"htmlUnescape", text_of("&lt;tag&gt; &amp;amp; &quot;&apos;"), {}, "string <<tag> &amp; \"'>"},
        {"htmlUnescape", text_of("&#62;&#x3e;&#X3E &#62x"), {}, "string <>>> >x>"},
        {"htmlUnescape",
         text_of("&eacute;&Eacute;&hellip;&thetasym;&lang;"),
         {},
         "string <\u00e9\u00c9\u2026\u03d1\u27e8>"},
        {"htmlUnescape", text_of("&notit; &notin; &ampx &copy2"), {}, "string <\u00acit; \u2209 &x \u00a92>"},
        {"htmlUnescape",
         text_of("&hellip &apos &unknown; & &; &#; &#x; &"),
         {},
         "string <&hellip &apos &unknown; & &; &#; &#x; &>"},
        {"htmlUnescape",
         text_of("&#128;&#153;&#0;&#xD800;&#x110000;&#99999999999;&#1;|"),
         {},
         "string <\u20ac\u2122\uFFFD\uFFFD\uFFFD\uFFFD|>"},
        {"htmlUnescape", from_json("[]"), {}, "no: the input is list <[]>; expected a string"},
    });
    CHECK(hurl::html_letter("Zeta") == 918);
    CHECK(hurl::html_letter("AElig") == 198);
    CHECK(hurl::html_letter("zwnj") == 8204);
    CHECK(hurl::html_letter("zeta") == 950);
    CHECK(hurl::html_letter("zzz") == 0);
    CHECK(hurl::html_letter("") == 0);
}

TEST_CASE("URLs are encoded, decoded and asked for a parameter") {
    const auto url = text_of("http://h/p?a=1&b=x%20y+z&b=2&c&%64=e#b=3");
    check_filters({
        {"urlEncode", text_of("https://m.org/?x=\u0448 ~-._"), {}, "string <https%3A//m.org/%3Fx%3D%D1%88%20~-._>"},
        {"urlEncode", text_of("%2F"), {}, "string <%252F>"},
        {"urlEncode", from_json("1"), {}, "no: the input is integer <1>; expected a string"},
        {"urlDecode", text_of("x=%D1%88+%zz%2"), {}, "string <x=\u0448+%zz%2>"},
        {"urlDecode", text_of("%FF"), {}, "string <\uFFFD>"},
        {"urlDecode", bytes_of("a"), {}, "no: the input is bytes <61>; expected a string"},
        {"urlQueryParam", url, {text_of("a")}, "string <1>"},
        {"urlQueryParam", url, {text_of("b")}, "string <x y z>"},
        {"urlQueryParam", url, {text_of("c")}, "string <>"},
        {"urlQueryParam", url, {text_of("d")}, "string <e>"},
        {"urlQueryParam", url, {text_of("e")}, "nothing"},
        {"urlQueryParam", url, {text_of("")}, "nothing"},
        {"urlQueryParam", text_of("http://h/"), {text_of("a")}, "nothing"},
        {"urlQueryParam", text_of("HTTPS://h?a=\u4f60 b"), {text_of("a")}, "string <\u4f60 b>"},
        {"urlQueryParam", text_of("h:80/p?a=1"), {text_of("a")}, "no: not a URL: it has no scheme"},
        {"urlQueryParam", text_of("ftp://h/p?a=1"), {text_of("a")}, "no: not a URL of the web: its scheme is 'ftp'"},
        {"urlQueryParam", from_json("1"), {text_of("a")}, "no: the input is integer <1>; expected a string"},
    });
}

TEST_CASE("jsonpath reads a string of JSON, and since Hurl 8 also what JSON has") {
    check_filters({
        {"jsonpath", text_of("{\"a\": [1, 2]}"), {text_of("$.a[1]")}, "integer <2>"},
        {"jsonpath", text_of("{\"a\": [1, 2]}"), {text_of("$.a[*]")}, "list <[1,2]>"},
        {"jsonpath", text_of("{\"a\": [1, 2]}"), {text_of("$.b")}, "nothing"},
        {"jsonpath", from_json("{\"a\": {\"b\": 3}}"), {text_of("$.a.b")}, "integer <3>"},
        {"jsonpath", from_json("[1, 2]"), {text_of("$[0]")}, "integer <1>"},
        {"jsonpath", from_json("7"), {text_of("$")}, "no: the input is integer <7>; expected a string of JSON, a list"},
        {"jsonpath",
         from_json("true"),
         {text_of("$[0]")},
         "no: the input is boolean <true>; expected a string of JSON"},
        {"jsonpath", text_of("no JSON"), {text_of("$")}, "no: the input is string <no JSON>; expected JSON: "},
        {"jsonpath", bytes_of("{}"), {text_of("$")}, "no: the input is bytes <7b7d>; expected a string of JSON"},
        {"jsonpath", Value{hurl::List{Value{hurl::Step{"/x"}}}}, {text_of("$")}, "no: the input is list"},
        {"jsonpath", Value{hurl::NodeSet{1}}, {text_of("$")}, "no: the input is node set"},
        {"jsonpath", text_of("{}"), {text_of("$.")}, "usage: "},
    });
    const hurl::FilterWorld uncoerced{some_day.now, hurl::Coercion::off};
    CHECK(filtered("jsonpath", text_of("{\"a\": 1}"), {text_of("$.a")}, uncoerced) == "list <[1]>");
    CHECK(filtered("jsonpath", text_of("{\"a\": 1}"), {text_of("$.b")}, uncoerced) == "list <[]>");
}

TEST_CASE("xpath reads HTML, also where it is no XML") {
    check_filters({
        {"xpath", text_of("<p>a<br>b"), {text_of("count(//br)")}, "float <1.0>"},
        {"xpath", text_of("<p>a<br>b"), {text_of("string(//p)")}, "string <ab>"},
        {"xpath", text_of("<p>a"), {text_of("//q")}, "node set <0>"},
        {"xpath", text_of("<p>a"), {text_of("//")}, "usage: "},
        {"xpath", bytes_of("<p>"), {text_of("//p")}, "no: the input is bytes <3c703e>; expected a string"},
    });
}

TEST_CASE("dates are read, written and counted in days") {
    using std::chrono::hours;
    const auto now = some_day.now;
    check_filters({
        {"toDate",
         text_of("Wed, 21 Oct 2015 07:28:00 GMT"),
         {text_of("%a, %d %b %Y %H:%M:%S GMT")},
         "date <2015-10-21T07:28:00.000000Z>"},
        {"toDate", text_of("123x"), {text_of("%Y")}, "no: '123x' does not match the date pattern '%Y'"},
        {"toDate", text_of("2026"), {text_of("%Q")}, "usage: date pattern '%Q' has an unknown part"},
        {"toDate", from_json("2026"), {text_of("%Y")}, "no: the input is integer <2026>; expected a string"},
        {"dateFormat", date_of(now), {text_of("%m/%d/%Y")}, "string <07/01/2026>"},
        {"format", date_of(now), {text_of("%Y")}, "string <2026>"},
        {"dateFormat", date_of(now), {text_of("%%%")}, "usage: date pattern '%%%' has an unknown part"},
        {"dateFormat",
         text_of("2026"),
         {text_of("%Y")},
         "no: the input is string <2026>; expected a date; write toDate"},
        {"daysAfterNow", date_of(now), {}, "integer <0>"},
        {"daysAfterNow", date_of(now + hours(47)), {}, "integer <1>"},
        {"daysAfterNow", date_of(now - hours(47)), {}, "integer <-1>"},
        {"daysAfterNow", date_of(now - hours(23)), {}, "integer <0>"},
        {"daysBeforeNow", date_of(now + hours(30)), {}, "integer <-1>"},
        {"daysBeforeNow", date_of(now - hours(48)), {}, "integer <2>"},
        {"daysAfterNow", text_of("x"), {}, "no: the input is string <x>; expected a date; write toDate"},
        {"daysBeforeNow", from_json("1"), {}, "no: the input is integer <1>; expected a date"},
    });
}

TEST_CASE("only a redirect has a location") {
    check_filters({
        {"location", Value{hurl::Step{"http://h/next"}}, {}, "string <http://h/next>"},
        {"location", text_of("http://h/next"), {}, "no: the input is string <http://h/next>; expected a redirect"},
    });
}

TEST_CASE("every filter has a row of its own, and survives every kind of input") {
    const std::vector<Value> inputs = {from_json("null"),
                                       from_json("true"),
                                       from_json("1"),
                                       from_json("1.5"),
                                       text_of(""),
                                       bytes_of(""),
                                       from_json("[]"),
                                       from_json("{}"),
                                       date_of(some_day.now),
                                       Value{hurl::NodeSet{}},
                                       Value{hurl::Unit{}},
                                       Value{hurl::Step{}},
                                       text_of("\xFF\x80"),
                                       from_json("[[[null]], {}]"),
                                       Value{hurl::BigNumber{"1e999"}}};
    std::vector<std::string_view> names;
    for (const auto& filter : hurl::filters()) {
        names.push_back(filter.name);
        CHECK(hurl::find_filter(filter.name) == &filter);
        FilterInputs operands;
        for (const auto operand : filter.operands)
            operands.push_back(operand == hurl::Operand::integer ? from_json("0") : text_of("%"));
        for (const auto& input : inputs) filtered(filter.name, input, operands);
        if (!operands.empty()) CHECK(filtered(filter.name, inputs[4]).find("missing") != std::string::npos);
    }
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
    CHECK(names.size() == 33);
    CHECK(hurl::find_filter("") == nullptr);
    CHECK(hurl::find_filter("Count") == nullptr);
}
