#include "gate/report_rules.h"

namespace fairlead::gate {

std::span<const report::Rule> report_rules() {
    static constexpr report::Rule rows[] = {
        {"gate/report-missing", "An expected report is missing"},
        {"gate/report-stale", "A report is not from this run"},
        {"gate/report-unreadable", "A report cannot be read"},
        {"gate/shard", "The reports of another job are missing or not of this commit"},
        {"gate/tests-none", "Too few tests ran"},
        {"gate/tests-failed", "Too many tests failed"},
        {"gate/tests-skipped", "Too many tests were skipped"},
        {"gate/tests-flaky", "Too many tests are flaky"},
        {"gate/tests-fewer", "Fewer tests ran than at the base"},
        {"gate/tests-vanished", "A test that must run didn't"},
        {"gate/tests-declared", "A report declares more failed tests than it lists"},
        {"gate/coverage-total", "The tests cover too few lines"},
        {"gate/coverage-branches", "The tests cover too few branches"},
        {"gate/coverage-path", "The tests cover too little of a part of the repository"},
        {"gate/coverage-drop", "The tests cover less than at the base"},
        {"gate/coverage-diff", "The tests cover too few of the lines that the change adds"},
        {"gate/findings", "Tools report too many findings"},
        {"gate/tool-failed", "A tool did not finish"},
        {"gate/performance", "A load test failed"},
        {"gate/budget", "A load test or a benchmark is over its budget"},
        {"gate/required", "Another tool hasn't passed"},
        {"gate/size", "Files of the build are too big"},
    };
    return rows;
}

}
