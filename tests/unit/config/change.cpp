#include "config/change.h"
#include "support/catch.h"

using namespace fairlead;
using config::Change;

namespace {

const std::string ones(40, '1'), twos(40, '2'), threes(40, '3');
const std::string ours = R"({"full_name":"o/r"})", theirs = R"({"full_name":"x/r"})";

std::string request(const std::string& head, const std::string& base) {
    return R"({"number":1,"pull_request":{"base":{"sha":")" + ones + R"(","repo":)" + base + R"(},"head":{"sha":")" +
           twos + R"(","repo":)" + head + "}}}";
}

Change change_of(const std::string& event, const std::string& payload) {
    const auto change = config::change_of_event(event, payload, threes);
    REQUIRE(change.ok());
    return change.value();
}

bool foreign(const std::string& event, const std::string& payload) { return change_of(event, payload).foreign; }

}

TEST_CASE("a fork, also one that is gone, and a run with the base's rights take their settings from the base") {
    CHECK_FALSE(foreign("pull_request", request(ours, ours)));
    CHECK_FALSE(foreign("pull_request_review", request(ours, ours)));
    CHECK(foreign("pull_request", request(theirs, ours)));
    CHECK(foreign("pull_request_review", request(theirs, ours)));
    CHECK(foreign("pull_request_review_comment", request(theirs, ours)));
    CHECK(foreign("pull_request", request("null", ours)));
    CHECK(foreign("pull_request", request("null", "null")));
    CHECK(foreign("pull_request_target", request(ours, ours)));
    const Change change = change_of("pull_request", request(theirs, ours));
    CHECK(change.base == ones);
    CHECK(change.head == twos);
    CHECK(change.merged == threes);
    CHECK(change.about + " " + change.why == "pull request #1 comes from a fork");
    CHECK(change_of("pull_request_target", request(ours, ours)).merged.empty()); // started for the base itself
}

TEST_CASE("a run that follows another one is foreign when that was a fork's or a pull request's") {
    const auto run = [](const std::string& event, const std::string& head) {
        return R"({"repository":)" + ours + R"(,"workflow_run":{"event":")" + event + R"(","head_sha":")" + twos +
               R"(","head_repository":)" + head + "}}";
    };
    CHECK(foreign("workflow_run", run("pull_request", theirs)));
    CHECK(foreign("workflow_run", run("pull_request", ours)));
    CHECK(foreign("workflow_run", run("push", theirs)));
    CHECK(foreign("workflow_run", run("push", "null")));
    CHECK_FALSE(foreign("workflow_run", run("push", ours)));
    CHECK(change_of("workflow_run", run("pull_request", theirs)).base == threes); // what the job was started for
}

TEST_CASE("a comment is about a change when it stands on a pull request") {
    CHECK(foreign("issue_comment", R"({"issue":{"number":3,"pull_request":{"url":"https://api"}}})"));
    CHECK_FALSE(foreign("issue_comment", R"({"issue":{"number":3}})"));
    for (const char* event : {"check_run", "check_suite", "status"}) CHECK(foreign(event, "{}"));
    for (const char* event : {"push", "merge_group", "schedule", "workflow_dispatch", "release", ""})
        CHECK_FALSE(foreign(event, "{}"));
}

TEST_CASE("where nobody can tell whose settings count, none do") {
    for (const char* payload : {"{}", "[]", "{", "", R"({"pull_request":{"base":{"sha":"--upload-pack=x"}}})",
                                R"({"pull_request":{"base":{"sha":"refs/heads/main"}}})"}) {
        INFO(payload);
        for (const char* event : {"pull_request", "pull_request_target"}) {
            const auto change = config::change_of_event(event, payload, threes);
            REQUIRE_FALSE(change.ok());
            CHECK(change.error().kind == Kind::usage);
        }
    }
    CHECK_FALSE(config::change_of_event("issue_comment", R"({"issue":{"pull_request":{"url":"u"}}})", "").ok());
    const auto of_job = [](std::map<std::string, std::string> variables) {
        return config::change_of_job(sys::Environment(std::move(variables)));
    };
    CHECK_FALSE(of_job({{"GITHUB_EVENT_NAME", "pull_request"}}).ok());
    CHECK_FALSE(of_job({{"GITHUB_EVENT_NAME", "pull_request"}, {"GITHUB_EVENT_PATH", "/nowhere"}}).ok());
    CHECK(of_job({{"GITHUB_EVENT_NAME", "push"}, {"GITHUB_EVENT_PATH", "/nowhere"}}).ok());
    CHECK(of_job({}).ok());
}

TEST_CASE("a merge request of GitLab is foreign when it comes from another project") {
    const auto request_of = [](const std::string& source) {
        return config::change_of_job(sys::Environment({{"CI_PIPELINE_SOURCE", "merge_request_event"},
                                                       {"CI_MERGE_REQUEST_IID", "4"},
                                                       {"CI_MERGE_REQUEST_DIFF_BASE_SHA", ones},
                                                       {"CI_MERGE_REQUEST_PROJECT_PATH", "o/r"},
                                                       {"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", source}}));
    };
    REQUIRE(request_of("x/r").ok());
    CHECK(request_of("x/r").value().foreign);
    CHECK(request_of("x/r").value().base == ones);
    CHECK_FALSE(request_of("o/r").value().foreign);
    CHECK(request_of("").value().foreign);
}

TEST_CASE("a child pipeline of a fork's merge request is as foreign as its parent") {
    const auto change_of = [](std::map<std::string, std::string> more) {
        more.insert({{"CI_PIPELINE_SOURCE", "parent_pipeline"},
                     {"CI_MERGE_REQUEST_DIFF_BASE_SHA", ones},
                     {"CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", ones}});
        return config::change_of_job(sys::Environment(std::move(more))).value();
    };
    const std::string id = "CI_MERGE_REQUEST_PROJECT_ID", source_id = "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
                      path = "CI_MERGE_REQUEST_PROJECT_PATH", source = "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH";
    CHECK(change_of({{id, "1"}, {source_id, "2"}, {path, "o/r"}, {source, "x/r"}}).foreign);
    CHECK(change_of({{id, "1"}, {source_id, "2"}}).foreign);
    CHECK(change_of({{path, "o/r"}, {source, "x/r"}}).foreign);
    CHECK(change_of({{id, "1"}, {source_id, "2"}, {path, "o/r"}, {source, "o/r"}}).foreign); // they have to agree
    CHECK(change_of({{id, "1"}}).foreign);                                                   // its source was deleted
    const auto own = change_of({{id, "1"}, {source_id, "1"}, {path, "o/r"}, {source, "o/r"}});
    CHECK_FALSE(own.foreign);
    CHECK(own.of_two_commits);
    CHECK(change_of({}).event.empty());
    const std::string there = "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY",
                      from = "CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY";
    CHECK(change_of({{there, "o/r"}, {from, "x/r"}}).foreign);
    CHECK_FALSE(change_of({{there, "o/r"}, {from, "o/r"}}).foreign);
}
