#pragma once
#include "unit/gate/reading.h"

// For the tests of the readers of findings.
namespace fairlead::gate {

inline FindingCounts counts_of(std::string_view text) {
    const auto evidence = read(text);
    INFO(text << " " << evidence.reason);
    REQUIRE(evidence.problem == Problem::none);
    return evidence.findings.value();
}

// Why it is malformed; it has to be.
inline std::string refusal(std::string_view text) {
    const auto evidence = read(text);
    INFO(text);
    CHECK(evidence.problem == Problem::malformed);
    CHECK(evidence.place.line > 0);
    return evidence.reason;
}

}
