// Catch2's main, compiled once. Ends with `N passed, N failed, N skipped` (test cases), which script/test adds up; a
// case that tried some of its rows and skipped others counts as both. A case or section without an assertion fails.
// Where the variable FAIRLEAD_CASES is set, each case has a line: CASE passed 0.003 FILE:LINE NAME.
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/interfaces/catch_interfaces_reporter.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
using Listener = Catch::EventListenerBase;
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
using Listener = Catch::TestEventListenerBase;
#endif
#include "support/support.h"
#include "sys/permit.h"
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace {

int passed = 0, failed = 0, skipped = 0;
std::uint64_t skips = 0; // of the case that runs
std::chrono::steady_clock::time_point started;
std::string test_name, test_place; // FILE:LINE

struct Counter : Listener {
    using Listener::Listener;
    void testCaseStarting(const Catch::TestCaseInfo& info) override {
        test_name = info.name;
        test_place = info.lineInfo.file + (":" + std::to_string(info.lineInfo.line));
        skips = 0;
        started = std::chrono::steady_clock::now();
        Listener::testCaseStarting(info);
    }
    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        const bool wrong = stats.totals.assertions.failed > 0;
        const bool tried = stats.totals.assertions.total() > skips; // each skip is one assertion
        if (skips > 0) ++skipped;
        if (wrong || tried) ++(wrong ? failed : passed);
        if (std::getenv("FAIRLEAD_CASES") != nullptr) {
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
            std::cout << "CASE "
                      << (wrong   ? "failed "
                          : tried ? "passed "
                                  : "skipped ")
                      << took.count() << ' ' << test_place << ' ' << test_name << std::endl;
        }
        Listener::testCaseEnded(stats);
    }
};

}

CATCH_REGISTER_LISTENER(Counter)

namespace fairlead::test {

void skip(const std::string& part, const std::string& reason) {
    if (part.empty()) FAIL("a skip names the part that is not here: " << reason);
    if (is_required(part)) FAIL("'" << part << "' is required here and can't run: " << reason);
    ++skips;
    std::cout << "SKIPPED: " << part << ": " << test_name << ": " << reason << std::endl;
    SUCCEED("skipped");
}

}

int main(int argc, char** argv) {
    Catch::Session session;
    if (const int wrong = session.applyCommandLine(argc, argv)) return wrong;
    session.configData().warnings = Catch::WarnAbout::NoAssertions;
    fairlead::sys::permit(fairlead::sys::Permit::all(), "a test");
    const int status = session.run();
    std::cout << passed << " passed, " << failed << " failed, " << skipped << " skipped" << std::endl;
    const auto& asked = session.configData();
    const bool lists = asked.showHelp || asked.listTests || asked.listTags || asked.listReporters;
    return status == 0 && !lists && passed + failed + skipped == 0 ? 1 : status; // a filter that matches nothing
}
