#include "act/act.h"
#include "support/catch.h"

using namespace fairlead::act;

TEST_CASE("how act's jobs ended is heard, whatever their steps print") {
    Jobs jobs;
    jobs.hear("[a name/job a] F  Job succeeded\n[a name/b    ] F  Job failed\n");
    jobs.hear("[a name/c] F  Skipping unsupported platform -- Try running with `-P macos-14=...`\n");
    jobs.hear("[a name/job a]   | [x/y] F  Job failed\n[a name/job a]   | F  Job succeeded\nJob succeeded\n");
    CHECK(jobs.passed == 1);
    CHECK(jobs.failed == 1);
    CHECK(jobs.foreign == 1);
    CHECK(told(jobs) == "1 job said yes, 1 said no, 1 skipped, for a system that this is not");
    CHECK(told({}) == "no job ran; does its `if:` fit this event?");
}
