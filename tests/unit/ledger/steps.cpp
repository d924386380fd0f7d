#include "ledger/steps.h"
#include "support/catch.h"
#include "unit/ledger/moves.h"

using namespace fairlead;
using namespace fairlead::ledger;
using namespace fairlead::ledger::test;

namespace {

struct Desk {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-steps").value();
    Ledger ledger{folder.path(), moves};
    Progress progress{sys::real_clock()};
    Steps steps{ledger, sys::real_clock(), progress};
    std::vector<StepTime> times;
    Desk() {
        ledger.create().value();
        ledger.begin("1", {{"from", "a"}}, "t").value();
    }
    Announced carry(bool undo = false) const { return {"carry", "box 3", step_line({{"step", "carry"}}, "t"), undo}; }
    std::size_t announced() const { return ledger.unfinished().value()->lines.size() - 1; }
};

}

TEST_CASE("a step is in the journal before it is done") {
    Desk desk;
    std::size_t seen = 0;
    desk.steps.take("1", desk.carry(), desk.times, [&] { return seen = desk.announced(), Result<void>(); }).value();
    CHECK(seen == 1);
    REQUIRE(desk.times.size() == 1);
    CHECK(desk.times[0].name == "carry");
}

TEST_CASE("what becomes of a step is handed on, and its time is kept either way") {
    Desk desk;
    const auto done = desk.steps.take("1", desk.carry(), desk.times, [] { return Result<void>(no("too heavy")); });
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().message == "too heavy");
    CHECK(desk.times.size() == 1);
}

TEST_CASE("a step that can't be announced is not done, unless it is one of the way back") {
    Desk desk;
    sys::remove_tree(desk.folder.path() / "moves").value();
    int done = 0;
    const auto act = [&] { return ++done, Result<void>(); };
    CHECK_FALSE(desk.steps.take("1", desk.carry(), desk.times, act).ok());
    CHECK(done == 0);
    CHECK(desk.times.empty());
    CHECK(desk.steps.take("1", desk.carry(true), desk.times, act).ok());
    CHECK(done == 1);
}
