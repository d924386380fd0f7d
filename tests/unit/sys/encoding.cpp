#include "sys/encoding.h"
#include "support/catch.h"

using namespace fairlead;
using namespace std::string_literals;

namespace {

std::string wide(const std::string& text, bool big_endian) {
    std::string bytes;
    for (const char c : text) bytes += big_endian ? "\0"s + c : c + "\0"s;
    return bytes;
}

}

TEST_CASE("UTF-16 is read with its mark and without") {
    for (const bool big_endian : {false, true}) {
        const std::string bytes = wide("token = 1\n", big_endian);
        CHECK(sys::decoded_text(bytes) == "token = 1\n");
        CHECK(sys::decoded_text((big_endian ? "\xFE\xFF" : "\xFF\xFE") + bytes) == "token = 1\n");
    }
    CHECK_FALSE(sys::decoded_text("token = 1, and no NUL in it\n").has_value());
    CHECK_FALSE(sys::decoded_text("one \0 in a text is no UTF-16\n"s).has_value());
    CHECK_FALSE(sys::decoded_text(std::string(100, '\0')).has_value());
    CHECK_FALSE(sys::decoded_text("").has_value());
}

TEST_CASE("a named encoding is read as iconv knows it, and what it can't hold is marked") {
    CHECK(sys::to_utf8("caf\xE9", "ISO-8859-1") == "caf\u00E9");
    CHECK(sys::to_utf8("gh\033(Bp_", "ISO-2022-JP") == "ghp_");
    CHECK(sys::to_utf8("gh+AF8-", "UTF-7") == "gh_");
    CHECK(sys::to_utf8("a\xFF\xFE!", "UTF-8") == "a\uFFFD\uFFFD!");
    CHECK(sys::to_utf8("", "cp437") == "");
    const std::string much(100'000, '\xE9');
    CHECK(sys::to_utf8(much, "latin1")->size() == 2 * much.size());
    for (const auto* name : {"", "NO-SUCH", "UTF-8//IGNORE", "../x", "UTF-8\n"})
        CHECK_FALSE(sys::to_utf8("a", name).has_value());
}

TEST_CASE("UTF-32 is read with its mark and without") {
    for (const bool big_endian : {false, true}) {
        std::string bytes;
        for (const char c : "token = 1\n"s) bytes += big_endian ? "\0\0\0"s + c : c + "\0\0\0"s;
        CHECK(sys::decoded_text(bytes) == "token = 1\n");
        CHECK(sys::decoded_text((big_endian ? "\0\0\xFE\xFF"s : "\xFF\xFE\0\0"s) + bytes) == "token = 1\n");
        const std::string found = sys::wide_text("\x81\x81" + bytes.substr(0, 20) + bytes.substr(0, 20));
        CHECK((" " + found).find("tokentoken ") != std::string::npos);
    }
}

TEST_CASE("a mark, or a beginning of another kind, hides no plain text behind it") {
    const std::string plain = "token = 0123456789";
    for (const std::string& before : {"\xFF\xFE"s, "\xFE\xFF"s, wide(std::string(5000, 'a'), false)})
        CHECK(sys::decoded_text(before + "\n" + plain).value_or("").find(plain) != std::string::npos);
}

TEST_CASE("a NUL alone makes no text binary, bytes that are no text do") {
    CHECK_FALSE(sys::looks_binary("a text without any"));
    CHECK_FALSE(sys::looks_binary("a text with \0 one of them"s));
    CHECK_FALSE(sys::looks_binary("größe \0 in UTF-8"s));
    CHECK(sys::looks_binary("\x7f"
                            "ELF\2\1\1\0\0\0\0\0\0\0\0\0"s));
    CHECK(sys::looks_binary("\x1f\x8b\x08\0\0\0\0\0\0\x03"s));
    CHECK(sys::looks_binary(std::string(9000, '\0') + "a text behind all that is beyond the head"));
    CHECK_FALSE(sys::looks_binary(std::string(8000, 'a') + '\0'));
}

TEST_CASE("bytes that iconv refuses after it took them all are one wrong character") {
    CHECK(sys::to_utf8("a\xA2\xE8", "CP949") == "a\xEF\xBF\xBD");
}

TEST_CASE("letters of two bytes are found within other bytes, in either order and beside other letters") {
    for (const bool big : {false, true})
        for (const char* around : {"\x81\x81", "XY"}) {
            INFO(big << around);
            const std::string found = sys::wide_text(around + wide("TOKEN=abcdef", big) + around);
            CHECK((" " + found).find(" TOKEN=abcdef ") != std::string::npos);
        }
    CHECK(sys::wide_text(wide("short", false)).empty());
    CHECK(sys::wide_text(std::string(100, '\0')).empty());
    CHECK(sys::wide_text("plain text").empty());
    CHECK(sys::wide_text("").empty());
}
