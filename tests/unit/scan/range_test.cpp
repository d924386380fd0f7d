#include "scan/range.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::scan;

namespace {

const std::string ones(40, '1'), twos(40, '2'), threes(40, '3');

Result<Range> of_event(const std::string& event, const std::string& file) {
    const auto folder = test::conformance("actions");
    REQUIRE(folder);
    const auto payload = sys::parse_json(test::read(*folder + "/events/" + file + ".json"), file);
    REQUIRE(payload.ok());
    return range_of_event(event, payload.value());
}

Range range_of(const std::string& event, const std::string& file) {
    const auto range = of_event(event, file);
    REQUIRE(range.ok());
    return range.value();
}

}

TEST_CASE("a range is written A..B, A...B, A.. or A") {
    for (const char* words : {"main..HEAD", "main...HEAD", "main..", "main"}) {
        INFO(words);
        const auto range = parse_range(words);
        REQUIRE(range.ok());
        CHECK(range.value().base == "main");
        CHECK(range.value().head == "HEAD");
    }
    for (const char* words : {"", "..", "..HEAD", "--all", "a..b..c"}) {
        INFO(words);
        const auto range = parse_range(words);
        REQUIRE_FALSE(range.ok());
        CHECK(range.error().kind == Kind::usage);
    }
}

TEST_CASE("a pull request and a merge group name both ends of their range") {
    if (!test::conformance("actions")) SKIP_LOUDLY("conformance", "no ../shared/conformance/actions");
    const Range request = range_of("pull_request", "pull_request");
    CHECK(request.base == ones);
    CHECK(request.head == twos);
    CHECK(request.about == "pull request #7");
    CHECK_FALSE(request.from_fork);
    const Range fork = range_of("pull_request_target", "pull_request-fork");
    CHECK(fork.head == twos);
    CHECK(fork.from_fork);
    const Range group = range_of("merge_group", "merge_group");
    CHECK(group.base == ones);
    CHECK(group.head == threes);
}

TEST_CASE("a push brings what is between before and after, a new branch what left the default branch") {
    if (!test::conformance("actions")) SKIP_LOUDLY("conformance", "no ../shared/conformance/actions");
    const Range push = range_of("push", "push-main");
    CHECK(push.base == ones);
    CHECK(push.head == twos);
    const Range branch = range_of("push", "push-new-branch");
    CHECK(branch.base.empty());
    CHECK(branch.head == twos);
    CHECK(branch.branch == "main");
    CHECK(range_of("push", "push-tag-annotated").branch == "main");
    CHECK(range_of("push", "push-deleted-branch").head.empty());
}

TEST_CASE("events without a range and broken payloads are usage errors that name the way out") {
    for (const char* event : {"workflow_dispatch", "schedule", "push", "pull_request", "merge_group", ""}) {
        INFO(event);
        const auto range = range_of_event(event, sys::Json::object());
        REQUIRE_FALSE(range.ok());
        CHECK(range.error().kind == Kind::usage);
        CHECK(range.error().message.find("fairlead-scan range A..B") != std::string::npos);
    }
    const auto forged =
        sys::parse_json(R"({"pull_request":{"base":{"sha":"--upload-pack=x"},"head":{"sha":"HEAD"}}})", "forged");
    CHECK_FALSE(range_of_event("pull_request", forged.value()).ok());
}
