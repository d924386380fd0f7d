#include "gate/report_rules.h"

namespace fairlead::gate {

std::span<const report::Rule> report_rules() {
    constexpr std::string_view page = "gate-rules.md";
    static constexpr report::Rule rows[] = {
        {"gate/report-missing", "An expected report is missing", report::Severity::error, page},
        {"gate/report-stale", "A report is not from this run", report::Severity::error, page},
        {"gate/report-unreadable", "A report cannot be read", report::Severity::error, page},
        {"gate/shard", "The reports of another job are missing or not of this commit", report::Severity::error, page},
        {"gate/tests-none", "Too few tests ran", report::Severity::error, page},
        {"gate/tests-failed", "Too many tests failed", report::Severity::error, page},
        {"gate/tests-skipped", "Too many tests were skipped", report::Severity::error, page},
        {"gate/tests-flaky", "Too many tests are flaky", report::Severity::error, page},
        {"gate/tests-fewer", "Fewer tests ran than at the base", report::Severity::error, page},
        {"gate/tests-vanished", "A test that must run didn't", report::Severity::error, page},
        {"gate/tests-declared", "A report declares more failed tests than it lists", report::Severity::error, page},
        {"gate/coverage-total", "The tests cover too few lines", report::Severity::error, page},
        {"gate/coverage-branches", "The tests cover too few branches", report::Severity::error, page},
        {"gate/coverage-path", "The tests cover too little of a part of the repository", report::Severity::error, page},
        {"gate/coverage-drop", "The tests cover less than at the base", report::Severity::error, page},
        {"gate/coverage-diff", "The tests cover too few of the lines that the change adds", report::Severity::error,
         page},
        {"gate/findings", "Tools report too many findings", report::Severity::error, page},
        {"gate/tool-failed", "A tool did not finish", report::Severity::error, page},
        {"gate/performance", "A load test failed", report::Severity::error, page},
        {"gate/budget", "A load test or a benchmark is over its budget", report::Severity::error, page},
        {"gate/required", "Another tool hasn't passed", report::Severity::error, page},
        {"gate/size", "Files of the build are too big", report::Severity::error, page},
    };
    return rows;
}

}
