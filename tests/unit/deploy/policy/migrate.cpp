#include "deploy/policy/migrate.h"
#include "deploy/release/store.h"
#include "deploy/settings.h"
#include "deploy/world.h"
#include "support/catch.h"
#include "support/fake_host.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

struct MigrateRun {
    MigrateRun() {
        settings.environment = "live";
        settings.env_folder = "/checkout";
        settings.migrate_timeout = Milliseconds{90'000};
    }
    Migrate tool(const std::string& folder = "/srv/releases/one") { return {world, release, folder}; }

    fairlead::test::FakeHost host{"/"};
    Settings settings;
    Variables variables;
    const Store store{"/state"};
    sys::Environment process{{{"SHOP_PORT", "80"}, {"OTHER", "x"}}};
    const ReleaseInfo release{.id = "one", .version = "1.0"};
    const World world{settings, variables, store, process, sys::real_http(), sys::real_clock(), host};
};

}

TEST_CASE_METHOD(MigrateRun, "what is pending is read from the report of fairlead-migrate") {
    host.output = {.status = 1, .out = R"({"pending":[{"version":"9","phase":"expand"},{"version":"10"}]})"};
    CHECK(tool().pending(Phase::expand).value() == std::vector<std::string>{"9", "10"});
    CHECK(host.commands.back().folder == "/srv/releases/one");
    host.output = {.status = 0, .out = R"({"pending":[]})"};
    CHECK(tool().pending(Phase::contract)->empty());
    for (const std::string text : {"", "{}", "[]", R"({"pending":"9"})", R"({"pending":[{"name":"9"}]})"}) {
        host.output = {.status = 0, .out = text};
        CAPTURE(text);
        CHECK(tool().pending(Phase::expand).error().kind == Kind::could_not);
    }
    host.output = {.status = 2, .out = R"({"error":{"message":"DATABASE_URL is not set"}})"};
    CHECK(tool().pending(Phase::expand).error().kind == Kind::usage);
    CHECK(tool().pending(Phase::expand).error().message ==
          "the pending migrations can't be found: DATABASE_URL is not set");
}

TEST_CASE_METHOD(MigrateRun, "what fairlead-migrate says decides how the step ends") {
    const std::pair<int, Kind> ends[] = {{1, Kind::no}, {2, Kind::usage}, {3, Kind::could_not}, {139, Kind::could_not}};
    for (const auto& [status, kind] : ends) {
        host.output = {.status = status, .out = "", .err = "something\nlast words\n"};
        const auto done = tool().up(Phase::expand, {"9"});
        CHECK(done.error().kind == kind);
        CHECK(done.error().message == "migrations (expand): something\nlast words");
        CHECK(tool().down("8").error().kind == kind);
    }
    host.output = {.status = 0};
    CHECK(tool().up(Phase::contract, {"9", "10"}).ok());
    const auto& argv = host.commands.back().argv;
    CHECK(std::find(argv.begin(), argv.end(), "9,10") != argv.end());
}

TEST_CASE_METHOD(MigrateRun, "one that takes longer than it may, or is interrupted, could not") {
    host.output = {.timed_out = true};
    const auto late = tool().up(Phase::expand, {});
    CHECK(late.error().kind == Kind::could_not);
    CHECK(late.error().message == "fairlead-migrate up was not done after 1m30s and was ended; raise "
                                  "deploy.migrate_timeout if it may take longer");
    CHECK(host.commands.back().timeout == Milliseconds{90'000});
    host.output = {.interrupted = true};
    CHECK(tool().up(Phase::expand, {}).error().message == "fairlead-migrate up was interrupted");
}

TEST_CASE_METHOD(MigrateRun, "it sees what fairlead.yml takes from outside, and nothing else of its deployer's") {
    settings.declared = {"SHOP_PORT", "SHOP_ROOT"};
    host.output = {.status = 0};
    CHECK(tool("").up(Phase::expand, {}).ok());
    CHECK(host.commands.back().folder == "/checkout");
    const auto given = host.commands.back().environment.value();
    CHECK(std::find(given.begin(), given.end(), "SHOP_PORT=80") != given.end());
    CHECK(std::find(given.begin(), given.end(), "OTHER=x") == given.end());
}
