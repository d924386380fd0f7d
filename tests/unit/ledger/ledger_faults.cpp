// What a ledger promises of a disk that loses its power, fills up or fails.
#include "ledger/ledger.h"
#include "support/brittle_disk.h"
#include "support/catch.h"
#include "unit/ledger/moves.h"

using namespace fairlead;
using namespace fairlead::ledger;
using namespace fairlead::ledger::test;
using fairlead::test::BrittleDisk;

namespace {

using Left = BrittleDisk::Left;
constexpr Left every[] = {Left::nothing, Left::half, Left::all};
const std::string carried = step_line({{"step", "carry"}}, "t");

// How far an act came, each said after the call that promised it returned.
enum Reached { nothing, begun, announced, recorded, over };

struct Reach {
    std::size_t events;
    std::string act;
    Reached reached;
};

Result<void> move(const Ledger& ledger, const std::string& id, const std::function<void(Reached)>& reach) {
    TRY_VOID(ledger.tidy());
    TRY_VOID(ledger.begin(id, {{"from", "a"}}, "t"));
    reach(begun);
    TRY_VOID(ledger.journal(id, carried));
    reach(announced);
    TRY_VOID(ledger.append(record_of(id, "deployed")));
    reach(recorded);
    auto state = TRY(ledger.state());
    state.members["move"] = id;
    TRY_VOID(ledger.write(state));
    TRY_VOID(ledger.journal(id, end_line("deployed", "t")));
    reach(over);
    return {};
}

bool has_record(const Chain& chain, const std::string& id) {
    return std::any_of(chain.links.begin(), chain.links.end(), [&](const Link& link) { return link.id == id; });
}

// What a ledger holds after a power cut is no less than what it had promised, and the next act can be carried out.
void check_kept(const Ledger& ledger, const std::string& act, Reached reached) {
    const auto open = ledger.unfinished();
    REQUIRE(open.ok());
    if (reached == begun || reached == announced) {
        REQUIRE(open.value());
        CHECK(open.value()->id == act);
        CHECK(open.value()->lines.size() >= (reached == begun ? 1u : 2u));
    }
    if (reached == over) CHECK((!open.value() || open.value()->id != act)); // the next one may have begun
    const auto chain = ledger.checked_history();
    REQUIRE(chain.ok());
    CHECK(chain->broken == std::vector<std::string>{});
    if (reached >= recorded) CHECK(has_record(chain.value(), act));
    REQUIRE(ledger.state().ok());

    if (open.value()) { // whoever comes next finishes it
        const auto id = open.value()->id;
        ledger.append(record_of(id, "interrupted")).value();
        ledger.journal(id, end_line("interrupted", "t")).value();
    }
    move(ledger, "9", [](Reached) {}).value();
    CHECK_FALSE(ledger.unfinished().value());
    const auto after = ledger.checked_history().value();
    CHECK(after.broken == std::vector<std::string>{});
    CHECK(has_record(after, "9"));
}

}

TEST_CASE("what a full disk refuses is written once the reserve is given up") {
    const auto folder = sys::TemporaryFolder::make("fairlead-ledger").value();
    const auto path = folder.path() / "shop" / "state", reserve = path / "reserve";
    const Ledger ledger(path, moves);
    ledger.create().value();
    ledger.begin("1", {{"from", "a"}}, "t").value();
    BrittleDisk disk(path);
    ledger.journal("1", carried).value();
    CHECK(sys::inspect(reserve).type == sys::FileType::file);
    disk.after_event = [&] {
        if (sys::inspect(reserve).type == sys::FileType::absent) disk.mend(); // there is room again
    };
    disk.fail_from(disk.events(), BrittleDisk::Fault::full);
    CHECK(ledger.journal("1", end_line("deployed", "t")).ok());
    CHECK(sys::inspect(reserve).type == sys::FileType::absent);
    CHECK_FALSE(ledger.unfinished().value());
}

TEST_CASE("whenever the power goes, what a ledger had promised is there, and the next act can follow") {
    const auto folder = sys::TemporaryFolder::make("fairlead-ledger").value();
    const auto path = folder.path() / "shop" / "state";
    Ledger ledger(path, moves);
    ledger.create().value();
    BrittleDisk disk(folder.path());
    std::vector<Reach> reaches{{0, "", nothing}};
    for (const auto* id : {"1", "2", "3"})
        move(ledger, id, [&](Reached reached) { reaches.push_back({disk.events(), id, reached}); }).value();
    REQUIRE(disk.events() > 40);

    int cuts = 0;
    for (std::size_t cut = 0; cut <= disk.events(); ++cut) {
        auto reach = reaches.front();
        for (const Reach& one : reaches)
            if (one.events <= cut) reach = one;
        for (const Left entries : every)
            for (const Left bytes : every) {
                const auto copy = sys::TemporaryFolder::make("fairlead-ledger").value();
                disk.cut_power(cut, entries, bytes, copy.path());
                INFO("after " << cut << " events, entries " << static_cast<int>(entries) << ", bytes "
                              << static_cast<int>(bytes) << ", act " << reach.act << " reached " << reach.reached);
                check_kept(Ledger(copy.path() / "shop" / "state", moves), reach.act, reach.reached);
                ++cuts;
            }
    }
    CHECK(cuts > 300);
}

TEST_CASE("a disk that fills up or fails at any call stops an act, and loses nothing that was promised") {
    for (const auto fault : {BrittleDisk::Fault::full, BrittleDisk::Fault::half, BrittleDisk::Fault::broken}) {
        bool failed = true;
        for (std::size_t at = 0; failed; ++at) {
            const auto folder = sys::TemporaryFolder::make("fairlead-ledger").value();
            Ledger ledger(folder.path() / "shop" / "state", moves);
            ledger.create().value();
            move(ledger, "1", [](Reached) {}).value();
            BrittleDisk disk(folder.path());
            disk.fail_from(at, fault);
            Reached reached = nothing;
            failed = !move(ledger, "2", [&](Reached now) { reached = now; }).ok();
            disk.mend();
            INFO("fault " << static_cast<int>(fault) << " from event " << at << ", reached " << reached);
            check_kept(ledger, "2", reached);
        }
    }
}
