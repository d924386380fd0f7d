#include "tag/version/semver.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;

TEST_CASE("a semantic version is read strictly") {
    for (const auto* text :
         {"1.2.3", "v1.2.3", " 1.2.3 ", "1.2.3-rc.1", "1.2.3+build.5", "1.2.3-0a.-+01", "9007199254740991.0.0"})
        CHECK(parse_semver(text));
    for (const auto* text :
         {"", "V1.2.3", "=v1.2.3", "1.2", "v01.2.3", "1.2.3-01", "v1.2.3.4", "p1-v1.2.3", "1.2.3-", "1.2.3+",
          "1.2.3-a..b", "1.2.3 4", "9007199254740992.0.0", "1.0.0-a_b", "vv1.2.3", "-1.0.0", "1.2.3+a+b"})
        CHECK_FALSE(parse_semver(text));
    CHECK_FALSE(parse_semver("1.0.0-" + std::string(251, 'a')));
    CHECK(parse_semver("v1.2.3-rc.1+b")->text() == "1.2.3-rc.1");
}

TEST_CASE("precedence of semantic versions") {
    const auto order = [](const std::string& a, const std::string& b) {
        return compare(parse_semver(a).value(), parse_semver(b).value());
    };
    tag::test::check_rising({"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
                             "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.9.0", "1.10.0", "2.0.0"},
                            order);
    CHECK((order("1.0.0+a", "1.0.0+b") == 0));
}
