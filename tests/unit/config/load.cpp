#include "config/config.h"
#include "report/formats.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include <fmt/format.h>

using namespace fairlead;
using config::Config;

namespace {

const Field health[] = {{"path", Type::text, "Where."}, {"timeout", Type::duration, "How long."}};
const Field step[] = {{"name", Type::text, "Its name.", {}, {}, Needed::required},
                      {"run", Type::text_list, "A command."}};
const Field target[] = {{"kind", Type::text, "What.", {}, {}, Needed::required},
                        {"root", Type::text, "Where.", {}, {}, Needed::required}};
const Field number_of[] = {{"", Type::integer, "How many."}};
const Field fields[] = {
    {"strategy", Type::map, "How.", {"recreate", "blue-green"}, health, Needed::optional, true},
    {"health", Type::map, "Probe.", {}, health},
    {"steps", Type::map_list, "Steps.", {}, step},
    {"target", Type::map, "Where to.", {}, target},
    {"limits", Type::open_map, "Limits.", {}, number_of},
    {"keep", Type::integer, "How many."},
    {"size", Type::size, "How large."},
    {"part", Type::share, "How much."},
    {"ratio", Type::number, "A ratio."},
    {"strict", Type::boolean, "Strict."},
    {"paths", Type::text_list, "Paths."},
    {"free", Type::any, "Anything."},
    {"password", Type::secret, "Never here."},
};

struct Loaded {
    std::string error; // as it is shown; empty when it loaded
    Config config;
};

Loaded load(const std::string& text, const std::string& environment = "",
            std::map<std::string, std::string> variables = {}) {
    auto folder = sys::TemporaryFolder::make("config test ");
    REQUIRE(folder.ok());
    REQUIRE(sys::write_file(folder->path() / "fairlead.yml", text).ok());
    const sys::Environment process(std::move(variables));
    config::LoadOptions options;
    options.path = "fairlead.yml";
    options.folder = folder->path().string();
    options.environment = &process;
    options.environment_name = environment;
    options.tool = "deploy";
    options.fields = fields;
    auto loaded = config::load(options);
    if (loaded.ok()) return {"", std::move(loaded).value()};
    CHECK(loaded.error().kind == Kind::usage);
    return {report::describe(loaded.error()), {}};
}

}

TEST_CASE("a value is read with its type") {
    const auto loaded = load("app: shop\n"
                             "deploy:\n"
                             "  strategy: blue-green\n"
                             "  health: {path: /up, timeout: 1m30s}\n"
                             "  steps: [{name: a, run: [x, y]}, {name: b}]\n"
                             "  limits: {cpu: 2, disks: 3}\n"
                             "  keep: 3\n  size: 10MiB\n  part: 5%\n  ratio: 0.5\n  strict: true\n  paths: one\n");
    REQUIRE(loaded.error.empty());
    const auto deploy = loaded.config.section("deploy");
    CHECK(loaded.config.app() == "shop");
    CHECK(deploy["strategy"].text() == "blue-green");
    CHECK(deploy.at("health.timeout").duration({}) == Milliseconds{90'000});
    CHECK(deploy["steps"].items().at(0)["run"].texts() == std::vector<std::string>{"x", "y"});
    CHECK(deploy["limits"].entries().at(1).second.integer(0) == 3);
    CHECK(deploy["ratio"].number(0) == 0.5);
    CHECK(deploy["strict"].boolean(false));
    CHECK(deploy["paths"].texts() == std::vector<std::string>{"one"});
    CHECK(deploy["absent"].integer(7) == 7);
    CHECK(deploy["keep"].place().line == 7);
    CHECK(deploy["limits"].json() == R"({"cpu":2,"disks":3})");
}

TEST_CASE("an error shows place, line, caret and the way out") {
    CHECK(load("deploy:\n  stratgy: recreate\n").error ==
          "fairlead.yml:2:3: key 'stratgy' is unknown in deploy; did you "
          "mean 'strategy'?\n    stratgy: recreate\n    ^");
    CHECK(load("deploy: {health: {timeout: 30}}\n")
              .error.starts_with(
                  "fairlead.yml:1:28: deploy.health.timeout: duration '30' has no unit; expected e.g. 500ms"));
    CHECK(load("deploy:\n  xyzzy: 1\n").error.find("; expected strategy, health, steps") != std::string::npos);
}

TEST_CASE("a key that must be there may stand in the common section or in the environment's") {
    const std::string text = "deploy: {target: {kind: direct}}\n"
                             "environments:\n"
                             "  staging: {deploy: {target: {root: /srv}}}\n"
                             "  production: {deploy: {keep: 3}}\n";
    const auto staging = load(text, "staging");
    CHECK(staging.error.empty());
    CHECK(staging.config.section("deploy", "staging").at("target.root").text() == "/srv");
    for (const char* environment : {"", "production"}) {
        CHECK(load(text, environment)
                  .error.starts_with("fairlead.yml:1:18: deploy.target: key 'root' is missing; add it"));
    }
}

TEST_CASE("a wrong value is refused whatever its type") {
    const std::pair<const char*, const char*> cases[] = {
        {"strategy: canary", "deploy.strategy 'canary' is unknown; expected recreate or blue-green"},
        {"strategy: []", "deploy.strategy is a list; expected a word or a map"},
        {"health: up", "deploy.health is a single value; expected a map"},
        {"steps: [1]", "an item of deploy.steps is a single value; expected a map"},
        {"steps: [{run: x}]", "deploy.steps: key 'name' is missing; add it"},
        {"steps: [{name: {}}]", "deploy.steps.name is a map; expected text"},
        {"limits: {cpu: many}", "deploy.limits.cpu: 'many' is not a whole number; expected e.g. 3"},
        {"limits: 3", "deploy.limits is a single value; expected a map"},
        {"keep: 1.5", "deploy.keep: '1.5' is not a whole number; expected e.g. 3"},
        {"keep:", "deploy.keep is empty; expected an integer"},
        {"size: 10", "deploy.size: size '10' has no unit"},
        {"part: 120%", "deploy.part: '120%' is not a share; expected 0% to 100%, e.g. 5%"},
        {"part: 5", "deploy.part: '5' is not a share"},
        {"ratio: half", "deploy.ratio: 'half' is not a number"},
        {"strict: yes", "deploy.strict: 'yes' is not a boolean; expected true or false"},
        {"paths: {}", "deploy.paths is a map; expected text or a list of texts"},
        {"paths: [[]]", "an item of deploy.paths is a list; expected text"},
        {"password: x", "deploy.password is a secret, which must not be in a file; set its variable"},
    };
    for (const auto& [line, message] : cases) {
        const std::string error = load(fmt::format("deploy:\n  {}\n", line)).error;
        INFO(line << " gave: " << error);
        CHECK(error.starts_with("fairlead.yml:2:"));
        CHECK(error.find(message) != std::string::npos);
        CHECK(error.find('^') != std::string::npos);
    }
}

TEST_CASE("what is no configuration is refused") {
    CHECK(load("- a\n").error.starts_with("fairlead.yml:1:1: is a list; expected a map of keys"));
    CHECK(load("version: 2\n").error.starts_with("fairlead.yml:1:10: version '2' is unknown; expected 1"));
    CHECK(load("app: [\n").error.starts_with("fairlead.yml:"));
    CHECK(load("app: a\napp: b\n").error.find("key 'app' is written twice") != std::string::npos);
    CHECK(load(std::string((1 << 20) + 1, '#')).error ==
          "fairlead.yml: is larger than 1 MiB; check that it is a configuration");
    CHECK(load("").error.empty());
}

TEST_CASE("a file that was named must be there and readable") {
    auto folder = sys::TemporaryFolder::make("config test ");
    REQUIRE(folder.ok());
    config::LoadOptions options;
    options.folder = folder->path().string();
    options.path = "absent.yml";
    CHECK(report::describe(config::load(options).error())
              .starts_with("absent.yml: there is no such file; name the configuration"));
    options.path = ".";
    CHECK(report::describe(config::load(options).error()) ==
          ".: is a folder; name the file in it, e.g. ./fairlead.yml");
    options.path = "/dev/null";
    CHECK(report::describe(config::load(options).error()).starts_with("/dev/null: is not a regular file"));
}

TEST_CASE("the nearest file upward is found, and no farther than the repository") {
    auto made = sys::TemporaryFolder::make("config test ");
    REQUIRE(made.ok());
    const sys::Path top = made->path();
    REQUIRE(sys::make_folders(top / "repository/.git").ok());
    REQUIRE(sys::make_folders(top / "repository/a/b").ok());
    REQUIRE(sys::write_file(top / "fairlead.yml", "app: outside\n").ok());
    config::LoadOptions options;
    options.folder = (top / "repository/a/b").string();
    CHECK_FALSE(config::load(options)->present());
    REQUIRE(sys::write_file(top / "repository/fairlead.yml", "app: inside\n").ok());
    const Config found = config::load(options).value();
    CHECK(found.app() == "inside");
    CHECK(found.file() == "../../fairlead.yml");
    CHECK(found.folder() == (top / "repository").string());
}

TEST_CASE("an environment's section is laid over: maps merge, the rest is replaced") {
    const auto loaded = load("deploy: {keep: 3, paths: [a, b], health: {path: /a, timeout: 1s}}\n"
                             "environments:\n"
                             "  staging: {deploy: {paths: [c], health: {timeout: 2s}}}\n"
                             "  production: {}\n");
    REQUIRE(loaded.error.empty());
    const auto staging = loaded.config.section("deploy", "staging");
    CHECK(staging["keep"].integer(0) == 3);
    CHECK(staging["paths"].texts() == std::vector<std::string>{"c"});
    CHECK(staging.at("health.path").text() == "/a");
    CHECK(staging.at("health.timeout").duration({}) == Milliseconds{2000});
    CHECK(loaded.config.section("deploy", "production").at("health.timeout").duration({}) == Milliseconds{1000});
    CHECK(loaded.config.environments() == std::vector<std::string>{"staging", "production"});
    CHECK(staging.at("health.timeout").place().line == 3);
}

TEST_CASE("a wrong key in an environment's section is found, too") {
    CHECK(load("environments:\n  staging:\n    deploy: {kep: 3}\n")
              .error.starts_with(
                  "fairlead.yml:3:14: key 'kep' is unknown in environments.staging.deploy; did you mean 'keep'?"));
}

TEST_CASE("sections of other tools are left to them") {
    CHECK(load("smoke: {anything: [1, {x: '${UNSET}'}]}\n").error.empty());
}

TEST_CASE("the profile follows from the key, then from the name, else it is production") {
    const auto loaded = load("environments:\n  qa: {profile: staging}\n  dev: {}\n  stage: {}\n  live: {}\n");
    using config::Profile;
    CHECK(loaded.config.profile("qa") == Profile::staging);
    CHECK(loaded.config.profile("dev") == Profile::development);
    CHECK(loaded.config.profile("stage") == Profile::staging);
    CHECK(loaded.config.profile("live") == Profile::production);
    CHECK(loaded.config.profile("elsewhere") == Profile::production);
}

TEST_CASE("an empty key of an environment leaves the common one as it is") {
    const auto loaded = load("deploy:\n  health: {path: /up}\n  paths: [a]\n  keep: 3\n"
                             "environments:\n  staging:\n    deploy:\n      health:\n      paths:\n",
                             "staging");
    REQUIRE(loaded.error.empty());
    const auto deploy = loaded.config.section("deploy", "staging");
    CHECK(deploy.at("health.path").text() == "/up");
    CHECK(deploy["paths"].texts() == std::vector<std::string>{"a"});
    CHECK(load("environments: {staging: {deploy: }}\ndeploy: {keep: 3}\n", "staging")
              .config.section("deploy", "staging")["keep"]
              .integer(0) == 3);
    CHECK(load("environments: {staging: {deploy: {keep: }}}\n", "staging").error.find("deploy.keep is empty") !=
          std::string::npos);
}

TEST_CASE("a section that is nearly a tool's is refused, in an environment, too") {
    CHECK(load("environments:\n  a: {migrat: {}}\n").error.find("key 'migrat' is unknown") != std::string::npos);
    CHECK(load("backups: {}\n").error.find("key 'backups' is unknown") != std::string::npos);
}

TEST_CASE("a byte order mark at the front is no part of the first key") {
    const auto loaded = load("\xEF\xBB\xBF"
                             "app: shop\n");
    CHECK(loaded.error.empty());
    CHECK(loaded.config.app() == "shop");
    const auto wrong = load("\xEF\xBB\xBF"
                            "apq: shop\n");
    CHECK(wrong.error == load("apq: shop\n").error); // its column, its line and the caret below
}

TEST_CASE("a token that stands in fairlead.yml, by itself or in a URL, is not in what is said of the file") {
    const std::string token = std::string("t0ken-") + "of-fairlead-yml";
    for (const std::string& line : {"free: {api_token: " + token + "}, kep: 1", // on the line of the error
                                    "free: ['https://ada:" + token + "@host/x'], kep: 1"}) {
        const auto wrong = load("deploy: {" + line + "}\n");
        INFO(wrong.error);
        CHECK(wrong.error.find("key 'kep' is unknown") != std::string::npos);
        CHECK(wrong.error.find("***") != std::string::npos);
        CHECK(wrong.error.find(token) == std::string::npos);
    }
}

TEST_CASE("an environment declares variables beside those of the top") {
    const std::string text = "env: {variables: A}\nenvironments: {staging: {env: {variables: [B, C]}}}\n";
    const auto loaded = load(text, "staging");
    CHECK(loaded.error.empty());
    CHECK(loaded.config.variables("staging") == std::vector<std::string>{"A", "B", "C"});
    CHECK(loaded.config.variables("live") == std::vector<std::string>{"A"});
}
