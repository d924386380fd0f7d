#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using Words = std::vector<std::string>;

TEST_CASE("trim takes blanks off both ends only") {
    STATIC_REQUIRE(std::is_same_v<decltype(trim(std::string(" a "))), std::string>); // no view of what is gone
    STATIC_REQUIRE(std::is_same_v<decltype(without_quotes(std::string("'a'"))), std::string>);
    CHECK(trim(" \t\r\n\v\fa b\n ") == "a b");
    CHECK(trim("a") == "a");
    CHECK(trim(" \n ").empty());
    CHECK(trim("").empty());
}

TEST_CASE("has_any looks for each word in the text") {
    CHECK(has_any("a nginx.conf", {"httpd", "nginx"}));
    CHECK_FALSE(has_any("nginx", {"Nginx", "nginx "}));
    CHECK(has_any("a", {""}));
    CHECK_FALSE(has_any("a", {}));
}

TEST_CASE("split keeps empty parts and join is its inverse") {
    CHECK(split("a,,b", ',') == Words{"a", "", "b"});
    CHECK(split("", ',') == Words{""});
    CHECK(split(",", ',') == Words{"", ""});
    CHECK(join(split("a,,b,", ','), ",") == "a,,b,");
    CHECK(join({}, ",").empty());
}

TEST_CASE("the allowed words read as a sentence") {
    CHECK(one_of(Words{}).empty());
    CHECK(one_of(Words{"text"}) == "text");
    CHECK(one_of(Words{"text", "github"}) == "text or github");
    CHECK(one_of(Words{"text", "github", "sarif"}) == "text, github or sarif");
}

TEST_CASE("letter case changes in ASCII only") {
    CHECK(lower("ÀBC-z") == "Àbc-z");
    CHECK(upper("àbc-Z") == "àBC-Z");
}

TEST_CASE("replace_all goes on behind what it put in") {
    CHECK(replace_all("aaa", "a", "aa") == "aaaaaa");
    CHECK(replace_all("a.b.c", ".", "") == "abc");
    CHECK(replace_all("abc", "", "x") == "abc");
    CHECK(replace_all("", "a", "b").empty());
}

TEST_CASE("a short word may be one edit away, a single letter is nobody's slip") {
    const Words known = {"run", "tag"};
    CHECK(nearest("rn", known) == "run");
    CHECK(nearest("ta", known) == "tag");
    CHECK(nearest("r", known).empty());
}

TEST_CASE("the nearest known word is at most a third of the word away") {
    const Words known = {"strategy", "target", "timeout", "drain"};
    CHECK(nearest("stratgey", known) == "strategy"); // two neighbours swapped: one edit
    CHECK(nearest("tiemout", known) == "timeout");
    CHECK(nearest("targets", known) == "target");
    CHECK(nearest("colour", known).empty());
    CHECK(nearest("xy", known).empty());
    CHECK(nearest("", known).empty());
    CHECK(nearest("drain", known) == "drain");
}

TEST_CASE("UTF-8 is what RFC 3629 allows") {
    for (const std::string text : {"", "abc", "é", "日本", "😀", "\xF4\x8F\xBF\xBF", "é, plain, 😀."})
        CHECK(valid_utf8(text));
    for (const std::string text : {
             "\x80",             // continues nothing
             "\xC3",             // cut off
             "\xC0\x80",         // overlong
             "\xE0\x80\x80",     // overlong
             "\xED\xA0\x80",     // a surrogate
             "\xF4\x90\x80\x80", // above U+10FFFF
             "\xFF",
             "a\xFEz",
             "é plain \xE9",
         }) {
        CHECK_FALSE(valid_utf8(text));
        CHECK(valid_utf8(to_valid_utf8(text)));
    }
    CHECK(to_valid_utf8("a\xFF\xC3z") == "a\uFFFD\uFFFDz");
    CHECK(to_valid_utf8("grün") == "grün");
    CHECK(code_points("aé日😀") == 4);
    CHECK(code_points("\xFF\xC3") == 2);
}

TEST_CASE("sizes are whole numbers with a unit") {
    CHECK(parse_size("0B").value() == 0);
    CHECK(parse_size("10MiB").value() == 10 * 1024 * 1024);
    CHECK(parse_size("3kB").value() == 3000);
    CHECK(parse_size("2GB").value() == 2'000'000'000);
    CHECK(parse_size("1GiB").value() == 1'073'741'824);
    CHECK(parse_size("18446744073709551615B").value() == 18'446'744'073'709'551'615U);
    for (const char* text : {"", "10", "MiB", "1.5MB", "-1B", "+1B", "1 MB", "1mb", "1KB", "18446744073709551616B",
                             "99999999999GiB", "1MBx", "0x10B"}) {
        INFO(text);
        const auto size = parse_size(text);
        REQUIRE_FALSE(size.ok());
        CHECK(size.error().kind == Kind::usage);
        CHECK(size.error().message.find("expected a whole number and B, kB") != std::string::npos);
    }
    CHECK(parse_size("10").error().message.starts_with("size '10' has no unit"));
}

TEST_CASE("booleans are those of YAML 1.2 and nothing else") {
    for (const char* text : {"true", "True", "TRUE"}) CHECK(parse_boolean(text).value());
    for (const char* text : {"false", "False", "FALSE"}) CHECK_FALSE(parse_boolean(text).value());
    for (const char* text : {"", "yes", "1", "tRUE", " true", "on"}) {
        INFO(text);
        REQUIRE_FALSE(parse_boolean(text).ok());
        CHECK(parse_boolean(text).error().message.find("expected true or false") != std::string::npos);
    }
}

TEST_CASE("numbers are read whole or not at all") {
    CHECK(parse_integer("-12").value() == -12);
    CHECK(parse_integer("9223372036854775807").value() == 9'223'372'036'854'775'807);
    for (const char* text : {"", "1.0", "1 ", "0x1", "9223372036854775808", "+1", "one"}) {
        INFO(text);
        CHECK_FALSE(parse_integer(text).ok());
    }
    CHECK(parse_number("0.5").value() == 0.5);
    CHECK(parse_number("-3").value() == -3);
    CHECK(parse_number("1e3").value() == 1000);
    for (const char* text : {"", "inf", "nan", "1e999", "1,5", "0.5 ", "half"}) {
        INFO(text);
        CHECK_FALSE(parse_number(text).ok());
    }
}

TEST_CASE("encodings follow their RFCs") {
    CHECK(hex(std::string("\x00\x7f\xff", 3)) == "007fff");
    // RFC 4648, section 10
    CHECK(base64("").empty());
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64("\xFB\xFF") == "+/8=");
    CHECK(percent_encode("a-._~B 9/é%") == "a-._~B%209%2F%C3%A9%25");
    CHECK(json_escape("a\"b\\c\n\r\t\b\f\x01/é") == "a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001/é");
}
