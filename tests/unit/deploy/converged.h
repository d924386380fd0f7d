#pragma once
#include "support/catch.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"
#include <string>

namespace fairlead::deploy::testing {

// Exactly one slot runs, it is routed, recorded and holds `release`; nothing is open.
inline void check_converged(Rig& rig, const std::string& release) {
    const auto state = rig.store.state().value();
    CHECK(state.current == release);
    CHECK(rig.host.routed_to() == state.slot);
    CHECK(rig.host.slots[state.slot].running);
    CHECK(rig.host.slots[state.slot].release == release);
    CHECK_FALSE(rig.host.slots[other_slot(state.slot)].running);
    CHECK_FALSE(rig.store.unfinished().value());
    CHECK(rig.host.violations == std::vector<std::string>{});
    CHECK(rig.store.history()->broken.empty());
    CHECK(rig.host.releases.contains(release));
}

inline void check_down(Rig& rig) {
    CHECK(rig.store.state()->current.empty());
    CHECK(rig.host.routed.empty());
    for (const auto* slot : {"a", "b"}) CHECK_FALSE(rig.host.slots[slot].running);
    CHECK_FALSE(rig.store.unfinished().value());
    CHECK(rig.host.violations == std::vector<std::string>{});
}

// What it says on the way isn't looked at.
inline void quiet() { sys::configure_log({.level = sys::Level::error}); }

}
