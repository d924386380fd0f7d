#include "unit/deploy/direct/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE_METHOD(Shop, "what carries the mark of a slot in which nothing runs is told, and ended by its number") {
    serve();
    const auto application = host.running["slots/a"].application;
    host.running["lost"].application = 4711;
    host.marked = {{{application, 1}, "a.sock"}, {{4711, 1}, "b.sock"}, {{4712, 1}, "gone.sock"}, {{1, 1}, "web.sock"}};
    CHECK(target->strays().value() == std::vector<Stray>{{"process 4711 of b", "b"}});
    REQUIRE(target->end_stray("process 4710 of b").ok());
    CHECK(host.running["lost"].application == 4711);
    REQUIRE(target->end_stray("process 4711 of b").ok());
    CHECK(host.running["lost"].application == 0);
    CHECK(host.ended_variable == "FAIRLEAD_SOCKET=" + (root / "run/b.sock").string());
    CHECK(host.running["slots/a"].application == application);
    CHECK(target->strays().value().empty());
}

TEST_CASE_METHOD(Shop, "a supervisor whose slot's folder is another one now is told, and ended at once") {
    serve();
    host.running["lost"].application = 4711; // to the host of tests one process is as good as another
    host.detached = {{{4711, 1}, "a/lock (deleted)"}};
    CHECK(target->strays().value() == std::vector<Stray>{{"process 4711 of a", "a"}});
    host.running["slots/a"].supervisor = 4711; // it holds the lock
    CHECK(target->strays().value().empty());
    host.running["slots/a"].supervisor = 1;
    REQUIRE(target->end_stray("process 4711 of a").ok());
    CHECK(host.running["lost"].application == 0);
}

TEST_CASE_METHOD(Shop, "a process that takes one release after another has no slot of its own, and is no stray") {
    settings.reload = "SIGHUP";
    host.running["lost"].application = 4711;
    host.marked = {{{4711, 1}, "b.sock"}};
    CHECK(target->strays().value().empty());
}
