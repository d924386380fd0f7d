#include "preflight/judge.h"
#include "preflight/machine.h"
#include "preflight/rules/host_look.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::preflight;

namespace {

std::vector<Judged> say(const std::string& rule, Machine machine) {
    Project project;
    project.machine = std::make_shared<const Machine>(std::move(machine));
    Asked asked;
    asked.only = {rule};
    return judge(project, asked);
}

}

TEST_CASE("a clock that nobody keeps, or of which nothing is known") {
    Machine machine;
    machine.is_synchronised = true;
    CHECK(say("host-time", machine).empty());
    machine.is_synchronised = false;
    CHECK(say("host-time", machine).at(0).level == Level::warning);
    machine.is_synchronised = could_not("Operation not permitted");
    const auto unknown = say("host-time", machine);
    CHECK(unknown.at(0).level == Level::error);
    CHECK(unknown.at(0).hit.message.find("Operation not permitted") != std::string::npos);
}

TEST_CASE("nobody asked, and nothing is told of the host") {
    Asked asked;
    asked.groups = {"host"};
    CHECK(judge(Project(), asked).empty());
}

TEST_CASE("rules of the host are asked by name only") {
    const auto asks = [](std::vector<std::string> only, std::vector<std::string> groups,
                         std::vector<std::string> skip) {
        Asked asked;
        asked.only = std::move(only), asked.groups = std::move(groups), asked.skip = std::move(skip);
        return asks_host(asked);
    };
    CHECK_FALSE(asks({}, {}, {}));
    CHECK(asks({}, {"host"}, {}));
    CHECK(asks({"preflight/host-time"}, {}, {}));
    CHECK(asks({}, {"docker", "host"}, {"host-time"}));
    CHECK_FALSE(asks({}, {"docker"}, {}));
    CHECK_FALSE(asks({"docker-apt"}, {}, {}));
    CHECK_FALSE(asks({"host-time"}, {}, {"host-time"}));
    CHECK_FALSE(asks({}, {}, {"host-time"}));
}

TEST_CASE("lock files name their packages") {
    CHECK(normal_name("Flask_SQL.Alchemy") == "flask-sql-alchemy");
    const auto pins =
        *python_packages("requirements.txt", "# a\nA==1\nb>=2\nc[x]==3.*\nd == 4 ; python_version < '3'\n-r e\n");
    CHECK(pins.size() == 2);
    CHECK(pins.at("a").version == "1");
    CHECK_FALSE(pins.at("d").is_needed);
    CHECK_FALSE(python_packages("Pipfile.lock", "{"));
    CHECK_FALSE(python_packages("setup.py", ""));
    CHECK_FALSE(npm_packages("[]"));
    const auto locked = *npm_packages(R"({"packages": {"": {"version": "1"}, "lib": {"version": "1"},
        "node_modules/lib": {"link": true}, "node_modules/a": {"version": "2"},
        "node_modules/b": {"version": "3", "optional": true}}})");
    CHECK(locked.size() == 2);
    CHECK(locked.at("node_modules/a").is_needed);
    CHECK_FALSE(locked.at("node_modules/b").is_needed);
}
