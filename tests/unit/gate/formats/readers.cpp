#include "sys/signals.h"
#include "unit/gate/reading.h"
#include <csignal>

using namespace fairlead;
using namespace fairlead::gate;

TEST_CASE("once a signal asked us to stop no report is read on, and half of one is no evidence") {
    sys::catch_signals();
    const std::string padding(300'000, ' ');
    for (const auto& text :
         {"<testsuite><testcase/>" + padding + "</testsuite>", "<coverage line-rate='1'>" + padding + "</coverage>",
          "SF:a\nDA:1,1\n" + padding + "\nend_of_record\n", "mode: set\n" + padding + "\n",
          R"({"a.js": {"statementMap": {}, "s": {)" + padding + "}}}",
          R"({"version": "2.1.0", "runs": [)" + padding + "]}"}) {
        REQUIRE(read_report(Source::memory(text), tree_of({})).ok());
        std::raise(SIGTERM);
        const auto stopped = read_report(Source::memory(text), tree_of({}));
        sys::reset_stop_request();
        REQUIRE_FALSE(stopped.ok());
        CHECK(stopped.error().kind == Kind::could_not);
    }
}
