#include "base/disarm.h"
#include "support/catch.h"
#include "support/runner.h"

using namespace fairlead;

TEST_CASE("text without commands stays as it is") {
    for (const std::string text : {"", "std::vector<int> x;", "a ::error:: b", "## [x]", "#[x]", "日本::x", "10:20"}) {
        INFO(text);
        CHECK(disarm(text) == text);
    }
}

TEST_CASE("a command at the start of a line is torn apart") {
    CHECK(disarm("::error::x") == "\\::error::x");
    CHECK(disarm(" \t::error::x") == " \t\\::error::x");
    CHECK(disarm("a\n::error::x\r::b::c\r\n::d::") == "a\n\\::error::x\r\\::b::c\r\n\\::d::");
    CHECK(disarm("::::") == "\\::::");
}

TEST_CASE("the older form is torn apart wherever it stands") {
    CHECK(disarm("a ##[error]b ##[x]") == "a ##\\[error]b ##\\[x]");
    CHECK(disarm("####[error]") == "####\\[error]");
    CHECK(disarm("##[##[") == "##\\[##\\[");
}

TEST_CASE("blanks that only Unicode knows and characters without width do not hide a command") {
    for (const std::string blank :
         {"\u00a0", "\u2003", "\u2028", "\u3000", "\ufeff", "\u200b", "\u00ad", "\u0085", "\x01"}) {
        INFO(blank);
        CHECK(disarm(blank + "::error::x") == blank + "\\::error::x");
        CHECK(disarm("a\n" + blank + blank + "::error::x") == "a\n" + blank + blank + "\\::error::x");
    }
    CHECK(disarm(std::string("\0::error::x", 11)) == std::string("\0\\::error::x", 12));
}

TEST_CASE("disarmed text stays disarmed however often it passes") {
    const std::string hostile = "::a::\n ##[b]\r::c::";
    CHECK(test::runner::commands_in("::error::\n##[error]x").size() == 2); // the reader does see commands
    CHECK(disarm(disarm(hostile)) == disarm(hostile));
}
