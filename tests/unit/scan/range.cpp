#include "scan/range.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::scan;

namespace {

const std::string ones(40, '1'), twos(40, '2'), threes(40, '3');

Result<Range> of_payload(const std::string& event, const std::string& payload) {
    const auto change = config::change_of_event(event, payload, "");
    if (!change.ok()) return change.error();
    return range_of_change(change.value());
}

Result<Range> of_event(const std::string& event, const std::string& file) {
    const auto folder = test::conformance("actions");
    REQUIRE(folder);
    return of_payload(event, test::read(*folder + "/events/" + file + ".json"));
}

Range range_of(const std::string& event, const std::string& file) {
    const auto range = of_event(event, file);
    REQUIRE(range.ok());
    return range.value();
}

}

TEST_CASE("a range is written A..B, A...B or A..; one end alone is none") {
    for (const char* words : {"main..HEAD", "main...HEAD", "main.."}) {
        INFO(words);
        const auto range = parse_range(words);
        REQUIRE(range.ok());
        CHECK(range.value().base == "main");
        CHECK(range.value().head == "HEAD");
    }
    for (const char* words : {"", "main", "..", "..HEAD", "--all", "a..b..c"}) {
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
    const Range fork = range_of("pull_request_target", "pull_request-fork");
    CHECK(fork.head == twos);
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
    for (const char* event : {"workflow_dispatch", "schedule", "push", "merge_group", "workflow_run", ""}) {
        INFO(event);
        const auto range = range_of_change({.event = event, .of_two_commits = event == std::string("merge_group")});
        REQUIRE_FALSE(range.ok());
        CHECK(range.error().kind == Kind::usage);
        CHECK(range.error().message.find("fairlead-scan range A..B") != std::string::npos);
    }
    CHECK_FALSE(of_payload("push", R"({"before":"--upload-pack=x","after":"HEAD"})").ok());
}

TEST_CASE("the first push of the default branch brings everything, one of another branch what left it") {
    const auto branch_of = [](const std::string& reference) {
        const auto range =
            of_payload("push", R"({"ref":")" + reference + R"(","before":")" + std::string(40, '0') + R"(","after":")" +
                                   twos + R"(","repository":{"default_branch":"main"}})");
        REQUIRE(range.ok());
        CHECK(range.value().base.empty());
        return range.value().branch;
    };
    CHECK(branch_of("refs/heads/main").empty());
    CHECK(branch_of("refs/heads/topic") == "main");
    CHECK(branch_of("refs/tags/main") == "main");
}
