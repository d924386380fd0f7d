#include "support/catch.h"
#include "support/support.h"
#include "sys/files/files.h"
#include "unit/cli/sample.h"

// What is known as a secret before a word of the command line is judged: the error quotes the very same text.

using namespace fairlead;
using fairlead::test::has;
using test::run_sample;

namespace {

std::string all_said(const test::Given& given) {
    const test::Ran ran = run_sample(given);
    CHECK(ran.status == 2);
    return ran.out + ran.err;
}

}

TEST_CASE("what stands in a secret's file is masked when the command line is wrong") {
    const auto folder = sys::TemporaryFolder::make("fairlead secret ").value();
    const auto file = folder.path() / "token";
    const std::string token = std::string("tok-of") + "-a-file";
    REQUIRE(sys::write_file(file, token + "\n").ok());
    const auto said =
        all_said({.arguments = {"--times", token}, .variables = {{"FAIRLEAD_TOKEN_FILE", file.string()}}});
    CHECK(has(said, "'***' is not a whole number"));
    CHECK_FALSE(has(said, token));
}

TEST_CASE("a secret that stands where its file was to be named is masked, a path is not") {
    const std::string token = std::string("tok-of") + "-nobody";
    const auto said = all_said({.arguments = {"--times", token}, .variables = {{"FAIRLEAD_TOKEN_FILE", token}}});
    CHECK_FALSE(has(said, token));
    const std::string path = "/nowhere/token-file";
    CHECK(has(all_said({.arguments = {"--times", path}, .variables = {{"FAIRLEAD_TOKEN_FILE", path}}}), path));
}

TEST_CASE("a header without its colon may be all token, so nothing of it is shown") {
    const std::string token = std::string("t0k3n") + "-without-a-name";
    CHECK(has(all_said({.arguments = {"--times", token}}), token));
    const auto said = all_said({.arguments = {"--header", token, "--times", token}});
    CHECK(has(said, "***"));
    CHECK_FALSE(has(said, token));
}

TEST_CASE("the password of a proxy is masked, by whichever variable it comes") {
    for (const std::string name :
         {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}) {
        const std::string password = "pr0xy-" + name;
        const auto said = all_said({.arguments = {"--times", password},
                                    .variables = {{name, "http://ada:" + password + "@proxy.example:3128"}}});
        INFO(name);
        CHECK_FALSE(has(said, password));
    }
}

TEST_CASE("the tokens that a job is handed are masked") {
    for (const std::string name : {"GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                                   "ACTIONS_RUNTIME_TOKEN", "CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD"}) {
        const std::string token = "handed-" + name;
        const auto said = all_said({.arguments = {"--times", token}, .variables = {{name, token}}});
        INFO(name);
        CHECK_FALSE(has(said, token));
    }
}
