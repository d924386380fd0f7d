// Catch2's main, compiled once. Ends with `N passed, N failed, N skipped` (test cases), which script/test adds up.
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
#include <iostream>

namespace {

int passed = 0, failed = 0, skipped = 0;
bool skipping = false;
std::string test_name;

struct Counter : Listener {
    using Listener::Listener;
    void testCaseStarting(const Catch::TestCaseInfo& info) override {
        test_name = info.name;
        skipping = false;
        Listener::testCaseStarting(info);
    }
    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        if (stats.totals.assertions.failed > 0)
            ++failed;
        else if (skipping)
            ++skipped;
        else
            ++passed;
        Listener::testCaseEnded(stats);
    }
};

}

CATCH_REGISTER_LISTENER(Counter)

namespace fairlead::test {

void skip(const std::string& part, const std::string& reason) {
    if (is_required(part)) FAIL("'" << part << "' is required here and can't run: " << reason);
    skipping = true;
    std::cout << "SKIPPED: " << test_name << ": " << reason << std::endl;
    SUCCEED("skipped");
}

}

int main(int argc, char** argv) {
    const int status = Catch::Session().run(argc, argv);
    std::cout << passed << " passed, " << failed << " failed, " << skipped << " skipped" << std::endl;
    return status;
}
