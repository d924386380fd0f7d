#include "tag/rules/lists.h"
#include "tag/script/ecma.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;

namespace {

std::string entries(const std::string& text) {
    const auto split = split_entries(text, "tags");
    if (!split.ok()) return "error";
    std::string all;
    for (const auto& entry : split.value()) all += "[" + std::to_string(entry.line) + ":" + entry.text + "]";
    return all;
}

std::string fields(const std::string& text) {
    const auto split = split_fields({"tags", 1, text});
    if (!split.ok()) return split.error().message.substr(0, split.error().message.find(':'));
    std::string all;
    for (const auto& field : split.value()) all += "[" + field + "]";
    return all;
}

}

TEST_CASE("a list has one entry per line, without comments and blank lines") {
    CHECK(entries("") == "");
    CHECK(entries("\n  \na\n\n#c\n  #d\nb#c\n") == "[3:a][6:#d][7:b#c]");
    CHECK(entries("a\r\nb\r\n") == "[1:a][2:b]");
    CHECK(entries("a\rb") == "[1:a][2:b]");
    CHECK(entries("\xEF\xBB\xBF x \xC2\xA0") == "[1:x]");
}

TEST_CASE("quotes keep commas and line ends together and are consumed") {
    CHECK(entries("\"a,b\"") == "[1:a,b]");
    CHECK(entries("\"a\nb\"\nc") == "[1:a\nb][3:c]");
    CHECK(entries("\"type=match,\"\"pattern=^v\\d{1,2}\"\"\"") == "[1:type=match,\"pattern=^v\\d{1,2}\"]");
    CHECK(entries("a\"b") == "[1:a\"b]");
    CHECK(entries("\"a\"b,c") == "[1:\"a\"b,c]");
    CHECK(entries("\"\"#b\nc") == "[2:c]");
    CHECK(entries("\"a\"#b") == "[1:a#b]");
    CHECK(entries("\"a") == "error");
}

TEST_CASE("inside one entry quotes are strict") {
    CHECK(fields("type=match,\"pattern=a,b\"") == "[type=match][pattern=a,b]");
    CHECK(fields("a,") == "[a][]");
    CHECK(fields("value=\"x\"") == "Invalid Opening Quote");
    CHECK(fields("\"x\"y") == "Invalid Closing Quote");
    CHECK(fields("\"x") == "Quote Not Closed");
}

TEST_CASE("a field is split at its first equals sign that has a name before it") {
    CHECK(split_field(" Key = a=b ", Further::keep).key == "key");
    CHECK(split_field(" Key = a=b ", Further::keep).value == "a=b");
    CHECK(split_field("prefix=a=b", Further::drop).value == "a");
    CHECK(split_field("=foo", Further::keep).bare);
    CHECK(split_field("=foo", Further::keep).value == "=foo");
    CHECK(split_field("", Further::keep).bare);
}

TEST_CASE("numbers are read as a script reads them") {
    CHECK(to_number("") == 0.0);
    CHECK(to_number(" 1e4 ") == 10000.0);
    CHECK(to_number("0x10") == 16.0);
    CHECK(to_number("-.5") == -0.5);
    CHECK(to_number("-Infinity").value() < 0);
    for (const auto* text : {"x", "1x", "0x", "0xg", "+", "-0x1", "1 2", "nan", "infinity"})
        CHECK_FALSE(to_number(text));
    CHECK(number_text(15) == "15");
    CHECK(number_text(1.5) == "1.5");
    CHECK(number_text(9007199254740993.0) == "9007199254740992");
    CHECK(number_text(99999999999999999999.0) == "100000000000000000000");
    CHECK(number_text(1e21) == "1e+21");
    CHECK(number_text(-1.25e-7) == "-1.25e-7");
    CHECK(number_text(0.000001) == "0.000001");
    CHECK(number_text(123456.75) == "123456.75");
}
