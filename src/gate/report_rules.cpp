#include "gate/report_rules.h"

namespace fairlead::gate {

std::span<const report::Rule> report_rules() {
    static constexpr report::Rule rows[] = {
        {"gate/report-missing", "A report that should be there is missing"},
        {"gate/report-stale", "A report is not of this run"},
        {"gate/report-unreadable", "A report cannot be read"},
        {"gate/tests-none", "Too few tests ran"},
        {"gate/tests-failed", "Too many tests failed"},
        {"gate/tests-skipped", "Too many tests were skipped"},
        {"gate/tests-declared", "A suite declares failures that it does not list"},
        {"gate/coverage-total", "Tests cover too few lines"},
        {"gate/findings", "Tools report too many findings"},
        {"gate/tool-failed", "A tool did not run to its end"},
    };
    return rows;
}

}
