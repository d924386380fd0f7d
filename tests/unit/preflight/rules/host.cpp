#include "preflight/host/machine.h"
#include "preflight/judge.h"
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
