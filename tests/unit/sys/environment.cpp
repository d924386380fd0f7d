#include "sys/environment.h"
#include "base/text.h"
#include "support/catch.h"
#include <algorithm>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

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

TEST_CASE("a tool of ours gets no variable that loads code into it, unless whoever started us has it as well") {
    const Environment environment(Variables{{"BASH_ENV", "b"},
                                            {"DATABASE_URL", "d"},
                                            {"ENV", "production"},
                                            {"GCONV_PATH", "g"},
                                            {"LD_AUDIT", "l"},
                                            {"LD_LIBRARY_PATH", "l"},
                                            {"LD_PRELOAD", "l"},
                                            {"PYTHONPATH", "p"},
                                            {"PYTHONSTARTUP", "p"}});
    const std::vector<std::string> kept{"DATABASE_URL=d", "ENV=production", "PYTHONPATH=p"};
    CHECK(child_environment(environment, Child::step) == kept);
}

TEST_CASE("a program sees only what any program may need, what asks another host also the way there") {
    const Environment environment(Variables{{"PATH", "/bin"},
                                            {"HOME", "/h"},
                                            {"LC_ALL", "C"},
                                            {"LC_TIME", "C"},
                                            {"https_proxy", "p"},
                                            {"SSH_AUTH_SOCK", "s"},
                                            {"SSL_CERT_FILE", "f"},
                                            {"GITHUB_TOKEN", "t"},
                                            {"ACTIONS_RUNTIME_TOKEN", "t"},
                                            {"DATABASE_URL", "d"},
                                            {"GIT_SSH_COMMAND", "c"},
                                            {"GIT_CONFIG_COUNT", "1"},
                                            {"LD_PRELOAD", "l"},
                                            {"BASH_ENV", "b"},
                                            {"PYTHONPATH", "p"},
                                            {"INPUT_TOKEN", "t"}});
    CHECK(child_environment(environment, Child::program) ==
          std::vector<std::string>{"HOME=/h", "LC_ALL=C", "LC_TIME=C", "PATH=/bin"});
    CHECK(base_environment(environment) == child_environment(environment, Child::program));
    CHECK(child_environment(environment, Child::network) ==
          std::vector<std::string>{"HOME=/h", "LC_ALL=C", "LC_TIME=C", "PATH=/bin", "SSH_AUTH_SOCK=s",
                                   "SSL_CERT_FILE=f", "https_proxy=p"});
    CHECK(child_environment(environment, Child::program, {"DATABASE_URL", "ABSENT"}) ==
          std::vector<std::string>{"DATABASE_URL=d", "HOME=/h", "LC_ALL=C", "LC_TIME=C", "PATH=/bin"});
    CHECK(child_environment(Environment(Variables{}), Child::program).front().starts_with("PATH=/usr/local/sbin:"));
}

TEST_CASE("a command of the user's sees our environment less inputs, their secrets and what lets in as the job") {
    const Environment environment(Variables{{"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t"},
                                            {"ACTIONS_RUNTIME_TOKEN", "t"},
                                            {"FAIRLEAD_BEARER", "t"},
                                            {"FAIRLEAD_MIRROR", "m"},
                                            {"FAIRLEAD_TAG_TOKEN", "t"},
                                            {"GITHUB_TOKEN", "given"},
                                            {"INPUT_BEARER", "t"},
                                            {"PATH", "/bin"},
                                            {"TEST_DATABASE", "d"}});
    CHECK(child_environment(environment, Child::command) ==
          std::vector<std::string>{"FAIRLEAD_MIRROR=m", "PATH=/bin", "TEST_DATABASE=d"});
    CHECK(child_environment(environment, Child::command, {"GITHUB_TOKEN"}) ==
          std::vector<std::string>{"FAIRLEAD_MIRROR=m", "GITHUB_TOKEN=given", "PATH=/bin", "TEST_DATABASE=d"});
}

TEST_CASE("a program of the project sees nothing that sounds secret unless it is declared, and it is told what") {
    const Environment environment(Variables{{"AWS_SECRET_ACCESS_KEY", "s"},
                                            {"DJANGO_SETTINGS_MODULE", "shop.settings"},
                                            {"GITHUB_TOKEN", "t"},
                                            {"PATH", "/bin"},
                                            {"SECRET_KEY", "k"}});
    CHECK(child_environment(environment, Child::project, {"SECRET_KEY"}) ==
          std::vector<std::string>{"DJANGO_SETTINGS_MODULE=shop.settings", "PATH=/bin", "SECRET_KEY=k"});
    CHECK(kept_back(environment, Child::project, {"SECRET_KEY"}) == std::vector<std::string>{"AWS_SECRET_ACCESS_KEY"});
}

TEST_CASE("what lets in reaches no program of the project under a harmless name either") {
    const std::string begin = "-----BEGIN ", end = "-----END "; // no sample for a scanner
    const std::map<std::string, std::string> secrets = {
        {"CONNECTION", "Server=db;Database=shop;User Id=app;Password=LongSecret99x"},
        {"CONFIG_JSON", R"({"host": "db", "password": "LongSecret99z"})"},
        {"JDBC", "jdbc:postgresql://db/shop?user=app&password=LongSecret99y"},
        {"DSN", "host=db user=app password=LongSecret99x"},
        {"PEM", begin + "EC PRIVATE KEY-----\nMC4C\n" + end + "EC PRIVATE KEY-----\n"},
        {"YML", "database:\n  password: LongSecret99z\n"},
        {"WORD", "gh" + std::string("p_SbXOIkDj8Q6xzR8t8JDvTNsLAbgZJ51A1HT7")}};
    const std::map<std::string, std::string> plain = {
        {"CERT", begin + "CERTIFICATE-----\nMC4C\n" + end + "CERTIFICATE-----\n"},
        {"DB", "Server=db;Database=shop;Trusted_Connection=True"},
        {"LS_COLORS", "rs=0:di=01;34:ln=01;36"},
        {"NODE_OPTIONS", "--max-old-space-size=4096 --use-openssl-ca"},
        {"SETTINGS", R"({"debug": true, "host": "db"})"},
        {"URL", "https://example.org/?page=2"}};
    auto all = secrets;
    all.insert(plain.begin(), plain.end());
    std::vector<std::string> left, kept;
    for (const auto& [name, value] : plain) left.push_back(name + "=" + value);
    for (const auto& [name, value] : secrets) kept.push_back(name);
    CHECK(child_environment(Environment(all), Child::project) == left);
    CHECK(kept_back(Environment(all), Child::project, {}) == kept);
    CHECK(child_environment(Environment(all), Child::command).size() == all.size());
    const Environment large(Variables{{"LIST", std::string(1u << 20, '=')}, {"PAIRS", std::string(1u << 20, ';')}});
    CHECK(child_environment(large, Child::project).size() == 2); // in no time
}

TEST_CASE("what was taken out of the process stays ours, and its secrets are gone from the block of variables") {
    const pid_t child = ::fork(); // it is for good
    if (child == 0) {
        char secret[] = "TAKEN_TOKEN=of-the-job", plain[] = "TAKEN_PLACE=here", proxy[] = "taken_proxy=http://u:p@h";
        for (char* pair : {secret, plain, proxy}) ::putenv(pair);
        const auto taken = Environment::take();
        const bool gone = secret[12] == '\0' && secret[20] == '\0' && std::string(plain) == "TAKEN_PLACE=here" &&
                          std::string(proxy).ends_with("@h");
        const bool kept =
            taken.get("TAKEN_TOKEN") == "of-the-job" && Environment::of_process().get("TAKEN_TOKEN") == "of-the-job";
        ::_exit(gone && kept ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

TEST_CASE("what tells which run this is does not belong to the runner alone") {
    for (const auto* name : {"GITHUB_SHA", "CI", "CI_COMMIT_TAG", "GITHUB_RUN_ID"}) CHECK(tells_of_run(name));
    for (const auto* name : {"GITHUB_SHA", "CI", "HOME", "SHOP_TOKEN", "CI_SETTING"})
        CHECK_FALSE(belongs_to_runner(name));
    for (const auto* name : {"GITHUB_TOKEN", "GITHUB_WORKSPACE", "ACTIONS_CACHE_URL", "RUNNER_TEMP", "INPUT_X",
                             "CI_JOB_TOKEN", "CI_JOB_JWT_V2", "GITEA_TOKEN"})
        CHECK(belongs_to_runner(name));
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

TEST_CASE("a copy of the job's token reaches no command under another name") {
    const std::string token = "gh" + std::string("s_0123456789abcdefghij");
    const Environment environment(
        Variables{{"GITHUB_TOKEN", token},
                  {"FOO", token},
                  {"URL", "https://x:" + token + "@example.org"},
                  {"GIT_CONFIG_VALUE_0", "AUTHORIZATION: basic " + fairlead::base64("x-access-token:" + token)},
                  {"CI_JOB_TOKEN", "short"},
                  {"WORD", "a short word"},
                  {"PATH", "/bin"}});
    const std::vector<std::string> left = {"PATH=/bin", "WORD=a short word"};
    CHECK(child_environment(environment, Child::command) == left);
    CHECK(child_environment(environment, Child::project) == left);
    CHECK(child_environment(environment, Child::command, {"FOO"}) ==
          std::vector<std::string>{"FOO=" + token, "PATH=/bin", "WORD=a short word"}); // declared in fairlead.yml
}
