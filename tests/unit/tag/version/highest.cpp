#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;

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

TEST_CASE("a version of PEP 440 takes the moving tag of its minor line, whatever is above it in another") {
    tag::test::Decision decision;
    decision.repository_tags = {"1.0.1", "1.1.0"};
    decision.inputs.tags = "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}";
    decision.inputs.flavor = "latest=highest";
    decision.ref = "refs/tags/1.0.1";
    CHECK(decision.tags() == "1.0.1 1.0");
}

TEST_CASE("versions of two epochs of PEP 440 are of two lines") {
    tag::test::Decision decision;
    decision.repository_tags = {"1.0.1", "1!1.1.0"};
    decision.inputs.tags = "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}";
    decision.inputs.flavor = "latest=highest";
    decision.ref = "refs/tags/1.0.1";
    CHECK(decision.tags() == "1.0.1 1");
}
