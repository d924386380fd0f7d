#include "sys/environment.h"
#include "support/catch.h"
#include <algorithm>
#include <cstdlib>

using namespace fairlead::sys;

namespace {

using Variables = std::map<std::string, std::string>;

Platform platform(Variables variables) { return detect_platform(Environment(std::move(variables))); }

}

TEST_CASE("an empty variable counts as unset") {
    const Environment environment(Variables{{"INPUT_CONFIG", ""}, {"HOME", "/root"}});
    CHECK_FALSE(environment.get("INPUT_CONFIG").has_value());
    CHECK_FALSE(environment.get("ABSENT").has_value());
    CHECK(environment.get("HOME") == "/root");
    CHECK(environment.get_or("INPUT_CONFIG", "fallback") == "fallback");
    CHECK(environment.get_or("HOME", "fallback") == "/root");
}

TEST_CASE("the variables of the process are all there, signs of equality in values kept") {
    REQUIRE(::setenv("FAIRLEAD_TEST_VARIABLE", "a=b=c\nd", 1) == 0);
    CHECK(Environment::of_process().get("FAIRLEAD_TEST_VARIABLE") == "a=b=c\nd");
    ::unsetenv("FAIRLEAD_TEST_VARIABLE");
    CHECK_FALSE(Environment::of_process().get("FAIRLEAD_TEST_VARIABLE").has_value());
}

TEST_CASE("the platform is told from the variables that each sets") {
    CHECK(platform({}) == Platform::terminal);
    CHECK(platform({{"CI", "true"}, {"GITHUB_ACTIONS", "true"}}) == Platform::github);
    CHECK(platform({{"CI", "true"}, {"GITHUB_ACTIONS", "true"}, {"ACT", "true"}}) == Platform::act);
    CHECK(platform({{"CI", "true"}, {"GITLAB_CI", "true"}}) == Platform::gitlab);
    CHECK(platform({{"CI", "true"}}) == Platform::other_ci);
    CHECK(platform({{"CI", "1"}}) == Platform::other_ci);
    CHECK(platform({{"CI", "false"}, {"GITHUB_ACTIONS", ""}}) == Platform::terminal);
}

TEST_CASE("only GitHub and act read commands from our output") {
    CHECK(parses_commands(Platform::github));
    CHECK(parses_commands(Platform::act));
    CHECK_FALSE(parses_commands(Platform::gitlab));
    CHECK_FALSE(parses_commands(Platform::other_ci));
    CHECK_FALSE(parses_commands(Platform::terminal));
    CHECK(name_of(Platform::github) == "GitHub Actions");
    CHECK(name_of(Platform::gitlab) == "GitLab CI");
}

TEST_CASE("a child sees our environment without our inputs") {
    const Environment environment(Variables{{"INPUT_CONFIG", "x"},
                                            {"PATH", "/bin"},
                                            {"GITHUB_OUTPUT", "/o"},
                                            {"RUNNER_TRACKING_ID", "github_1"},
                                            {"EMPTY", ""}});
    CHECK(child_environment(environment, Child::step) ==
          std::vector<std::string>{"EMPTY=", "GITHUB_OUTPUT=/o", "PATH=/bin", "RUNNER_TRACKING_ID=github_1"});
}

TEST_CASE("what outlives a job carries nothing of the job") {
    const Environment environment(Variables{{"INPUT_CONFIG", "x"},
                                            {"RUNNER_TRACKING_ID", "github_1"},
                                            {"RUNNER_TEMP", "/t"},
                                            {"GITHUB_OUTPUT", "/o"},
                                            {"GITHUB_ENV", "/e"},
                                            {"GITHUB_PATH", "/p"},
                                            {"GITHUB_STATE", "/s"},
                                            {"GITHUB_STEP_SUMMARY", "/m"},
                                            {"GITHUB_TOKEN", "t"},
                                            {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t"},
                                            {"GITHUB_CLIENT_ID", "the application's own"},
                                            {"PATH", "/bin"}});
    CHECK(child_environment(environment, Child::survivor) ==
          std::vector<std::string>{"GITHUB_CLIENT_ID=the application's own", "PATH=/bin"});
}
