#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string pmd(const std::string& inner, const std::string& behind = "") {
    return "<pmd version='7.0'><file name='src\\A.java'>" + inner + "</file>" + behind + "</pmd>";
}
std::string violation(const std::string& priority) { return "<violation priority='" + priority + "'>text</violation>"; }

}

TEST_CASE("PMD's priorities are levels, what is suppressed doesn't count") {
    CHECK(counts_of(pmd(violation("1") + violation("2") + violation("3") + violation("4") + violation("5"),
                        "<suppressedviolation filename='A' suppressiontype='nopmd'/>")) == FindingCounts{2, 1, 2});
    CHECK(counts_of("<pmd/>") == FindingCounts{});
}

TEST_CASE("a violation of PMD has its rule, text and place") {
    const auto evidence = read(pmd("<violation beginline='54' begincolumn='21' rule='EmptyCatch' priority='3'>\nAvoid "
                                   "it\n</violation>"));
    REQUIRE(evidence.foreign.size() == 1);
    CHECK(evidence.foreign[0].tool == "PMD");
    CHECK(evidence.foreign[0].rule == "EmptyCatch");
    CHECK(evidence.foreign[0].message == "Avoid it");
    CHECK(evidence.foreign[0].file == "src\\A.java"); // tidied once it is looked for
    CHECK(evidence.foreign[0].line == 54);
    CHECK(evidence.foreign[0].column == 21);
}

TEST_CASE("a file that PMD could not analyse and a rule that it could not use are errors") {
    const auto evidence = read(pmd("", "<error filename='B.java' msg='parse error'>at x</error>"
                                       "<configerror rule='R' msg='bad'/>"));
    CHECK(evidence.findings == FindingCounts{.error = 2});
    REQUIRE(evidence.tool_failed.size() == 2);
    CHECK(evidence.tool_failed[0] == "PMD could not analyse B.java: parse error");
    CHECK(evidence.tool_failed[1] == "PMD could not analyse R: bad");
}

TEST_CASE("a priority that PMD doesn't have is refused") {
    for (const auto* priority : {"", "0", "6", "10", "-1", "high"}) {
        INFO(priority);
        CHECK(refusal(pmd(violation(priority))).find("the priority of a violation is '") != std::string::npos);
    }
    CHECK(refusal("<pmd><file>") == "malformed XML: the file ends too early");
}
