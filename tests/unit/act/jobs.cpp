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
    CHECK(told(jobs) == "1 job passed, 1 failed, 1 skipped, because they need another system");
    CHECK(told({}) == "no job ran; check that its `if:` fits this event");
}

TEST_CASE("what act could not reach is heard from itself, not from a step") {
    Jobs jobs;
    jobs.hear("[a/b]   | curl: (6) Could not resolve host: example.org\n");
    CHECK(jobs.unreachable.empty());
    jobs.hear("[a/b] Unable to clone https://github.com/actions/checkout refs/heads/v4: Get "
              "\"https://github.com/actions/checkout/info/refs?service=git-upload-pack\": dial tcp: lookup github.com: "
              "no such "
              "host\n");
    CHECK(jobs.unreachable == "https://github.com/actions/checkout");
    jobs.hear("Error: dial tcp: lookup other.example: no such host\n");
    CHECK(jobs.unreachable == "https://github.com/actions/checkout"); // the first
    Jobs image;
    image.hear("Error: failed to pull: dial tcp: lookup registry-1.docker.io on 127.0.0.1:53: no such host\n");
    CHECK(image.unreachable == "registry-1.docker.io");
    Jobs plain;
    plain.hear("Error: connect: network is unreachable\n");
    CHECK(plain.unreachable == "the network");
}
