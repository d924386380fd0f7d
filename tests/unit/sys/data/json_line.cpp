#include "sys/data/json_line.h"
#include "support/catch.h"
#include <vector>

using fairlead::sys::PlainLine;

namespace {

// "name=text;" of each; "no": it is not of this kind.
std::string taken(std::string_view line) {
    std::string all;
    const bool read = PlainLine().read(line, [&](std::string_view name, std::string_view text) {
        all.append(name).append("=").append(text).append(";");
    });
    return read ? all : "no";
}

}

TEST_CASE("the texts of a plain line are taken, in their order, and other scalars passed over") {
    CHECK(
        taken(
            R"({"Action":"run","Elapsed":0.25,"A":true,"B":null,"C":false,"D":-12,"Test":"TestAdd with a long name"})") ==
        "Action=run;Test=TestAdd with a long name;");
    CHECK(taken(" {\t\"a\" : \"\" , \"a\":\"b\"}\r\n") == "a=;a=b;");
    CHECK(taken("{}") == "");
}

TEST_CASE("escapes of a plain line are resolved") {
    CHECK(taken(R"({"a":"12345678\"\\\/\b\f\n\r\t"})") == "a=12345678\"\\/\b\f\n\r\t;");
    CHECK(taken(R"({"\u0061":"\u003c\u00e9\u20AC."})") == "a=<é€.;");
}

TEST_CASE("everything else is left to another reader") {
    for (const char* line : {"",
                             "{",
                             "[]",
                             "7",
                             "{}x",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\":\"b\"",
                             "{\"a\":\"b\",}",
                             "{a:1}",
                             "{\"a\":\"b}",
                             "{\"a\":{}}",
                             "{\"a\":[]}",
                             "{\"a\":\"\xC3\xA9\"}",
                             "{\"a\":\"12345678\x01\"}",
                             "{\"a\":\"\x1F\"}",
                             R"({"a":"\x"})",
                             R"({"a":"\ud83d\ude00"})",
                             R"({"a":"\u12g4"})",
                             R"({"a":"\u12)",
                             R"({"a":01})",
                             R"({"a":1.})",
                             R"({"a":.5})",
                             R"({"a":1e3})",
                             R"({"a":-})",
                             R"({"a":1234567890123456789})",
                             R"({"a":tru})",
                             R"({"a":"b" "c":"d"})"}) {
        INFO(line);
        CHECK(taken(line) == "no");
    }
}
