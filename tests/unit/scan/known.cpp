#include "scan/known.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("known findings are listed, those that are over and those that are gone first") {
    const auto baseline =
        report::Baseline::parse("{\"fingerprint\":\"v1:a\",\"rule\":\"jwt\",\"file\":\"a\",\"owner\":\"ada\","
                                "\"reason\":\"of tests\",\"until\":\"2026-12-31\"}\n"
                                "{\"fingerprint\":\"v1:b\",\"rule\":\"jwt\",\"file\":\"b\"}\n"
                                "{\"fingerprint\":\"v1:c\",\"rule\":\"jwt\",\"file\":\"c\",\"until\":\"2026-01-31\"}\n"
                                "{\"fingerprint\":\"v1:d\"}\n",
                                "scan.jsonl", "2026-06-30");
    REQUIRE(baseline.ok());
    std::vector<report::Finding> found(3);
    found[0].fingerprint = "v1:a";
    found[1].fingerprint = "v1:c";
    found[2].fingerprint = "v1:new";
    const auto report = scan::list_known(found, baseline.value());
    CHECK(report.text == "over   2026-01-31  -  jwt  c\n"
                         "gone   -           -  -  -\n"
                         "gone   -           -  jwt  b\n"
                         "known  2026-12-31  ada  jwt  a: of tests\n");
    CHECK(report.facts == "1 known, 1 over, 2 gone; to remove what is gone: fairlead-scan --write-baseline");
    CHECK(report.verdict == report::Verdict::pass);
    CHECK(scan::list_known({}, {}).facts == "0 known, 0 over, 0 gone");
}
