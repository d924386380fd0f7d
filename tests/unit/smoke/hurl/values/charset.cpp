#include "smoke/hurl/values/charset.h"
#include "support/value.h"

namespace hurl = fairlead::smoke::hurl;

namespace {

struct LabelCase {
    std::string_view label, bytes, expected;
};

}

TEST_CASE("labels mean what they mean in browsers") {
    using namespace std::string_view_literals;
    const LabelCase cases[] = {
        {"utf-8", "\xC3\xA9", "\u00e9"},
        {" UTF8\n",
         "\xEF\xBB\xBF"
         "a",
         "\uFEFFa"},
        {"latin1", "\x80\x81\xE9", "\u20ac\u0081\u00e9"},
        {"ISO-8859-1", "\x93", "\u201c"},
        {"us-ascii", "\xE9", "\u00e9"},
        {"windows-1252", "", ""},
        {"iso-8859-15", "\xA4", "\u20ac"},
        {"iso-8859-2", "\xB1", "\u0105"},
        {"iso-8859-9", "\xF0", "\u011f"},
        {"latin5", "\x80", "\u20ac"},
        {"arabic", "\xC7", "\u0627"},
        {"hebrew", "\xE0", "\u05d0"},
        {"windows-1251", "\xCF\xF0", "\u041f\u0440"},
        {"windows-1255", "\xF9\xD1", "\u05e9\u05c1"}, // glibc alone would join them
        {"windows-1258", "a\xEC", "a\u0301"},
        {"koi8-r", "\xD0", "\u043f"},
        {"ibm866", "\x80", "\u0410"},
        {"tis-620", "\xA1", "\u0e01"},
        {"gb2312", "\xC4\xE3", "\u4f60"},
        {"gbk", "\x81\x40", "\u4e02"},
        {"gb18030", "\x84\x31\xA4\x37", "\uFFFD"},
        {"big5", "\xA4\xA4", "\u4e2d"},
        {"shift_jis", "\x82\xA0\x5C\x87\x40", "\u3042\\\u2460"},
        {"euc-jp", "\xA4\xA2\xA1\xC1", "\u3042\uff5e"},
        {"iso-2022-jp", "\x1B$B$\"\x1B(B", "\u3042"},
        {"euc-kr", "\xB0\xA1\x81\x41", "\uac00\uac02"},
        {"euc-kr", "\xA2\xE8", "\u327e"}, // which glibc alone doesn't have
        {"euc-kr", "a\xA2\xE8\xB0\xA1\xA2\xE8\n", "a\u327e\uac00\u327e\n"},
        {"utf-16", "A\0\xFD\xFF"sv, "A\uFFFD"},
        {"utf-16be", "\0A\xD8\x3D\xDE\x00"sv, "A\U0001F600"},
    };
    for (const auto& [label, bytes, expected] : cases) {
        INFO(label);
        CHECK(fairlead::test::value(hurl::decoded(bytes, label)) == expected);
    }
}

TEST_CASE("bytes that are not in the encoding are told from an encoding that nobody knows") {
    using namespace std::string_view_literals;
    const LabelCase wrong_bytes[] = {
        {"utf-8", "\xC3", {}},
        {"utf-8", "\xED\xA0\x80", {}},
        {"arabic", "\xC3\xA9", {}},
        {"windows-1253", "\xAA", {}},
        {"gb2312", "\xC4\0"sv, {}},
        {"gb18030", "\x84\x31\xA4\x37\xFF", {}},
        {"shift_jis", "\x82", {}},
        {"euc-jp", "\xA4", {}},
        {"euc-kr", "\xFF\xFF", {}},
        {"euc-kr", "\xFF\xA2\xE8", {}},
        {"euc-kr", "\xB0", {}},
        {"euc-jp", "\x85", {}},
        {"big5", "\xA4", {}},
        {"utf-16", "A", {}},
        {"utf-16",
         "\0\xD8"
         "A\0"sv,
         {}},
        {"utf-16be", "\xDC\0"sv, {}},
    };
    for (const auto& each : wrong_bytes) {
        const auto text = hurl::decoded(each.bytes, each.label);
        INFO(each.label);
        REQUIRE_FALSE(text.ok());
        CHECK(text.error().kind == fairlead::Kind::no);
        CHECK(text.error().message.starts_with("the bytes are not text in the encoding"));
    }
    for (const std::string_view label :
         {"", " ", "unknown", "macintosh", "utf-7", "utf", "utf-8 latin1", "utf-8//IGNORE"}) {
        const auto text = hurl::decoded("a", label);
        INFO(label);
        REQUIRE_FALSE(text.ok());
        CHECK(text.error().kind == fairlead::Kind::usage);
    }
}
