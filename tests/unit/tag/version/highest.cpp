#include "tag/version/highest.h"
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

TEST_CASE("latest and moving tags go to the highest version of their line only") {
    tag::test::Decision decision;
    decision.repository_tags = {"v1.2.8", "v1.2.9", "v1.10.0", "v2.0.0", "v2.1.0-rc.1", "junk", "v3"};
    decision.inputs.flavor = "latest=highest";
    decision.inputs.tags = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,"
                           "pattern={{major}}\ntype=semver,pattern=stable";
    const auto tags = [&](const std::string& tag) {
        decision.ref = "refs/tags/" + tag;
        return decision.tags();
    };
    CHECK(tags("v1.2.9") == "1.2.9 1.2");
    CHECK(tags("v1.2.8") == "1.2.8");
    CHECK(tags("v1.10.0") == "1.10.0 1.10 1");
    CHECK(tags("v2.0.0") == "2.0.0 2.0 2 stable latest");
    CHECK(tags("v2.0.1") == "2.0.1 2.0 2 stable latest");
    CHECK(tags("v2.1.0-rc.1") == "2.1.0-rc.1");
    decision.inputs.flavor = "latest=highest,prerelease=true";
    CHECK(tags("v2.1.0-rc.1") == "2.1.0-rc.1 latest");
    CHECK(tags("v2.0.0") == "2.0.0 2.0");
}

TEST_CASE("a component's tags are selected, cut and compared among themselves") {
    tag::test::Decision decision;
    decision.repository_tags = {"api/v1.4.0", "web/v9.0.0", "v7.0.0"};
    decision.inputs.flavor = "latest=highest";
    decision.inputs.tags = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}";
    decision.tag_prefix = "api/v";
    decision.ref = "refs/tags/api/v1.4.0";
    CHECK(decision.tags() == "1.4.0 1 latest");
    decision.ref = "refs/tags/web/v9.0.0";
    CHECK(decision.tags() == "");
    decision.tag_prefix = "";
    decision.ref = "refs/tags/api/v1.4.0";
    decision.inputs.tags = "type=semver,pattern={{version}},match=^api/(.*)\ntype=ref,event=tag";
    CHECK(decision.tags() == "1.4.0 api-v1.4.0 latest");
}

TEST_CASE("highest in the order of PEP 440, and for a tag as it is") {
    tag::test::Decision decision;
    decision.repository_tags = {"1.0", "1.1rc1", "2.0.post1"};
    decision.inputs.flavor = "latest=highest";
    decision.inputs.tags = "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}";
    decision.ref = "refs/tags/1.0";
    CHECK(decision.tags() == "1.0 1");
    decision.repository_tags = {"v1.0.0", "v2.0.0"};
    decision.inputs.tags = "type=ref,event=tag";
    decision.ref = "refs/tags/v1.0.0";
    CHECK(decision.tags() == "v1.0.0");
    decision.ref = "refs/tags/v2.0.0";
    CHECK(decision.tags() == "v2.0.0 latest");
    decision.ref = "refs/tags/nightly";
    CHECK(decision.tags() == "nightly");
}

TEST_CASE("highest for a match: whole versions as the pattern finds them, one or two numbers as moving tags") {
    tag::test::Decision decision;
    decision.repository_tags = {"v1.2.8", "v1.3.0", "v2.0.0", "api/v3.0.0", "api/v3.1.0", "api/v4.0.0-rc.1"};
    decision.inputs.flavor = "latest=highest";
    const auto tags = [&](const std::string& tag, const std::string& pattern) {
        decision.ref = "refs/tags/" + tag;
        decision.inputs.tags = "type=match,group=1,pattern=" + pattern + "\ntype=sha";
        return decision.tags();
    };
    CHECK(tags("v1.2.8", "v(\\d+)") == "sha-860c190");
    CHECK(tags("v1.2.8", "v(\\d+\\.\\d+)") == "1.2 sha-860c190");
    CHECK(tags("v1.3.0", "v(\\d+)") == "1 sha-860c190");
    CHECK(tags("v2.0.0", "(v\\d+\\.\\d+)") == "v2.0 sha-860c190 latest");
    CHECK(tags("v2.0.0", "v(.*)") == "2.0.0 sha-860c190 latest");
    CHECK(tags("api/v3.0.0", "api/v(\\d+)") == "sha-860c190");
    CHECK(tags("api/v3.1.0", "api/v(\\d+)") == "3 sha-860c190 latest");
    CHECK(tags("api/v3.1.0", "api/v(.*)") == "3.1.0 sha-860c190 latest");
    CHECK(tags("api/v4.0.0-rc.1", "api/v(\\d+)") == "sha-860c190"); // a pre-release moves nothing
}
