#pragma once
#include "preflight/project.h"
#include "read/unit.h"

// Helpers of the rules unit-*.
namespace fairlead::preflight {

inline bool is_oneshot(const Unit& unit) { // it ends by itself: Type=oneshot
    const auto* const type = unit.read->find("Service", "Type");
    return type != nullptr && type->value == "oneshot";
}

}
