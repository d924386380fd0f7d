#include "tag/version/pep440.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;

TEST_CASE("a version of PEP 440 and its normal form") {
    const std::pair<const char*, const char*> rows[] = {
        {"1.2.3-rc.2", "1.2.3rc2"},
        {"1.2.3-1", "1.2.3.post1"},
        {"v1.2.3c1", "1.2.3rc1"},
        {"1.0dev4", "1.0.dev4"},
        {"1.2.3beta2", "1.2.3b2"},
        {"1.2.3a", "1.2.3a0"},
        {"01.02.03", "1.2.3"},
        {"1!2.0", "1!2.0"},
        {"2.0+local.1", "2.0+local,1"},
        {"9007199254740993.0", "9007199254740992.0"},
        {"2024.99999999999999999999.post01", "2024.100000000000000000000.post1"},
        {"1+007.ubuntu", "1+7,ubuntu"},
        {"1.0a.", "1.0a0"},
        {"1.0a--1", "1.0a0.post1"},
        {"V1_PRE_3.Rev.4-DEV", "1rc3.post4.dev0"},
    };
    for (const auto& [text, normal] : rows) {
        INFO(text);
        REQUIRE(parse_pep440(text));
        CHECK(parse_pep440(text)->text() == normal);
    }
    for (const auto* text :
         {"", "1.2.3_4", " 1.0", "1..0", "1.0.", "1.0+", "1.0+a..b", "1.0-1-2", "1e5", "abc", "v", "1.0dev-2x"})
        CHECK_FALSE(parse_pep440(text));
}

TEST_CASE("order of PEP 440") {
    tag::test::check_rising(
        {"1.dev1", "1a1.dev2", "1a1", "1a1.post1", "1b1", "1rc1", "1", "1.post1.dev1", "1.post1", "1.1", "1.10", "1!0"},
        [](const std::string& a, const std::string& b) {
            return compare(parse_pep440(a).value(), parse_pep440(b).value());
        });
}
