#include "base/printable.h"
#include "base/secrets/secret.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("nothing of a foreign text steers a terminal") {
    CHECK(printable("a\x1b[31mred\x1b[0m\x07") == "a\\u001b[31mred\\u001b[0m\\u0007");
    CHECK(printable("\x1b]0;title\x1b\\") == "\\u001b]0;title\\u001b\\");
    CHECK(printable("over\rwritten\b") == "over\\u000dwritten\\u0008");
    CHECK(printable("\xC2\x9B"
                    "31m\xC2\x80\x7f") == "\\u009b31m\\u0080\\u007f"); // C1 as UTF-8, DEL
    CHECK(printable("\x9B"
                    "31m \xFF\xC0\xAF") == "\xEF\xBF\xBD"
                                           "31m \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(printable("a\u202Eb\u2066c\u200Fd\u061Ce\u2028f") == "a\\u202eb\\u2066c\\u200fd\\u061ce\\u2028f");
    CHECK(printable("kept: \t\n\u00fc \U0001F600") == "kept: \t\n\u00fc \U0001F600");
    CHECK(printable("") == "");
    CHECK(one_line("a\nb\x1b") == "a\\nb\\u001b");
}

TEST_CASE("a text is cut between characters, and no half of a secret is left") {
    CHECK(shortened("short", 5) == "short");
    CHECK(shortened("a\nb", 5) == "a\\nb");
    CHECK(shortened("abcdef", 3) == "abc...");
    CHECK(shortened("ab\u00e9d", 3) == "ab...");
    const Secret hidden("cut-in-the-middle-4711");
    CHECK(shortened("token cut-in-the-middle-4711 and more", 14) == "token *** and ...");
}
