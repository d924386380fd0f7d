// What is left of a deployment when the machine loses its power: processes are gone, and of the disk only what was
// synced is certain.
#include "support/brittle_disk.h"
#include "support/catch.h"
#include "sys/files/log.h"
#include "sys/process/confine.h"
#include "unit/deploy/model.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;
using fairlead::test::BrittleDisk;

namespace {

using Left = BrittleDisk::Left;
constexpr std::pair<Left, Left> remains[] = {{Left::nothing, Left::nothing},
                                             {Left::all, Left::nothing}, // names of files without their bytes
                                             {Left::all, Left::half},
                                             {Left::half, Left::all},
                                             {Left::all, Left::all}};

// What the power left of a rig, on a machine that was started again: nothing runs; nginx and the slots have their
// files.
struct AfterReboot {
    Rig rig;
    AfterReboot(const Rig& before, const Host& host, const BrittleDisk& disk, std::size_t cut, Left entries, Left bytes)
        : rig(before.settings.strategy) {
        const auto folder = rig.store.ledger().folder();
        sys::remove_tree(folder).value();
        disk.cut_power(cut, entries, bytes, folder);
        rig.host = host;
        rig.host.at_call = rig.host.at_look = nullptr;
        for (auto& [name, slot] : rig.host.slots) slot.running = false, slot.connections = 0;
        rig.host.gap_allowed = true; // there is one already
        rig.host.violations.clear();
    }
};

void check_serves(Rig& rig, const std::string& release) {
    const auto state = rig.store.state().value();
    CHECK(state.current == release);
    CHECK(rig.host.routed_to() == state.slot);
    CHECK(rig.host.slots[state.slot].running);
    CHECK(rig.host.slots[state.slot].release == release);
    CHECK_FALSE(rig.store.unfinished().value());
    CHECK(rig.store.checked_history()->broken == std::vector<std::string>{});
    CHECK(rig.host.violations == std::vector<std::string>{});
}

// Plays `act` on a rig where r1 and r2 were deployed, and calls `judge(rig, cut)` for what power cuts leave: of each
// `every` of them the last but `left_out`.
template <typename Act, typename Judge>
std::size_t cut_power(const std::string& strategy, Act act, Judge judge, std::size_t every = 1,
                      std::size_t left_out = 0) {
    Rig rig(strategy);
    rig.apply("r1").value();
    rig.apply("r2").value();
    BrittleDisk disk(rig.store.ledger().folder());
    std::vector<Host> hosts{rig.host};
    disk.after_event = [&] { hosts.push_back(rig.host); };
    act(rig);
    REQUIRE(hosts.size() == disk.events() + 1);
    if (sys::sanitized) every = 7; // all of them take minutes there
    for (std::size_t cut = (disk.events() - left_out) % every; cut <= disk.events(); cut += every)
        for (const auto& [entries, bytes] : remains) {
            INFO(strategy << ", after " << cut << " of " << disk.events() << " events, entries "
                          << static_cast<int>(entries) << ", bytes " << static_cast<int>(bytes));
            AfterReboot after(rig, hosts[cut], disk, cut, entries, bytes);
            judge(after.rig, cut == disk.events());
        }
    return disk.events();
}

struct Silent {
    Silent() { sys::configure_log({.level = sys::Level::error}); }
};

}

TEST_CASE_METHOD(Silent, "whenever the power goes, what was deployed before or now can be deployed again") {
    for (const auto* strategy : {"blue-green", "recreate"}) {
        std::size_t left_out = 0;
        for (const std::string next : {"r3", "r2", "r4"}) { // together they meet each cut
            if (sys::sanitized && next != "r2") continue;
            const auto events = cut_power(
                strategy, [](Rig& rig) { rig.apply("r3").value(); },
                [&](Rig& rig, bool over) {
                    if (over) CHECK(rig.store.state()->current == "r3");
                    const auto outcome = rig.apply(next);
                    INFO((outcome.ok() ? outcome->verdict + ": " + outcome->reason : outcome.error().message));
                    REQUIRE(outcome.ok());
                    check_serves(rig, next);
                },
                3, left_out++);
            CHECK(events > 50);
        }
    }
}

TEST_CASE_METHOD(Silent, "whenever the power goes, a rollback leads to a release that served") {
    cut_power(
        "blue-green", [](Rig& rig) { rig.apply("r3").value(); },
        [](Rig& rig, bool over) {
            const auto outcome = rig.rollback();
            REQUIRE(outcome.ok());
            const auto serves = rig.store.state()->current;
            CHECK((serves == "r1" || serves == "r2"));
            if (over) CHECK(serves == "r2");
            check_serves(rig, serves);
        });
}

TEST_CASE_METHOD(Silent, "whenever the power goes while a release is taken back, it can be deployed or left") {
    std::size_t left_out = 0;
    for (const auto* next : {"r1", "r2", "r3"})
        cut_power(
            "blue-green", [](Rig& rig) { rig.rollback().value(); },
            [&](Rig& rig, bool) {
                REQUIRE(rig.apply(next).ok());
                check_serves(rig, next);
            },
            3, left_out++);
}
