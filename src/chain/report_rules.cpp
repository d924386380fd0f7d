#include "chain/report_rules.h"

namespace fairlead::chain {

std::span<const report::Rule> report_rules() {
    using report::Severity;
    constexpr std::string_view page = "fairlead.md";
    static constexpr report::Rule rows[] = {
        {"run/step-failed", "A step of the chain failed", Severity::error, page},
        {"init/step-failed", "A step that init found doesn't work here", Severity::error, page},
        {"verify/not-released", "A file differs from the release", Severity::error, page},
        {"evidence/missing", "A required verdict is missing or does not count", Severity::error, "evidence-require.md"},
        {"doctor/wrong", "A section of fairlead.yml is set up wrongly", Severity::error, page},
        {"doctor/missing", "A program that a step needs is not on this machine", Severity::error, page},
        {"fairlead/silenced", "A change makes the chain's checks weaker", Severity::warning, page},
    };
    return rows;
}

}
