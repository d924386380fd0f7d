#include "deploy/direct/limits.h"
#include "support/catch.h"

using namespace fairlead::deploy;

TEST_CASE("a umask is octal, and none is the usual one") {
    CHECK(parse_umask("") == -1);
    CHECK(parse_umask("0027") == 027);
    CHECK(parse_umask("077") == 077);
}

TEST_CASE("what nobody holds a process to is told, limit by limit") {
    const Limits all{.memory = 1u << 30, .processes = 10, .open_files = 5000, .cpus = 2};
    CHECK(controllers_of(all) == std::vector<std::string>{"memory", "pids", "cpu"});
    CHECK(controllers_of({.open_files = 5000}).empty());
    CHECK(not_held(all, {"memory", "pids", "cpu"}, 5000, "x").empty());
    CHECK(not_held(all, {"cpu", "pids"}, 0, "do this") ==
          std::vector<std::string>{"nothing on this host enforces limits.memory: do this"});
    CHECK(not_held(all, {}, 5000, "x").size() == 3);
    const auto files = not_held({.open_files = 5000}, {}, 4999, "x");
    REQUIRE(files.size() == 1);
    CHECK(files[0].starts_with("limits.open_files is 5000, but the user who deploys may have only 4999"));
    CHECK(not_held({}, {}, 1, "x").empty());
}
