#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string checkstyle(const std::string& inner) {
    return "<?xml version='1.0'?><checkstyle version='9'><file name='src/A.java'>" + inner + "</file></checkstyle>";
}

}

TEST_CASE("Checkstyle's severities are levels, without one it is an error, ignored ones don't count") {
    CHECK(counts_of(checkstyle("<error severity='error'/><error/><error severity='warning'/><error severity='info'/>"
                               "<error severity='hint'/><error severity='ignore'/><error severity='Error'/>")) ==
          FindingCounts{3, 1, 2});
    CHECK(counts_of("<checkstyle/>") == FindingCounts{});
}

TEST_CASE("an error of Checkstyle has its check and place") {
    const auto evidence =
        read(checkstyle("<error line='72' column='55' severity='error' message='a&#10;b' source='x.Check'/>"));
    REQUIRE(evidence.foreign.size() == 1);
    CHECK(evidence.foreign[0].tool == "Checkstyle");
    CHECK(evidence.foreign[0].rule == "x.Check");
    CHECK(evidence.foreign[0].message == "a b");
    CHECK(evidence.foreign[0].file == "src/A.java");
    CHECK(evidence.foreign[0].line == 72);
    CHECK(evidence.foreign[0].column == 55);
    const auto odd = read(checkstyle("<error line='-3' column='x'/>"));
    REQUIRE(odd.foreign.size() == 1);
    CHECK(odd.foreign[0].line == 0);
}

TEST_CASE("an exception of Checkstyle is an error, and the tool did not look at that file") {
    const auto evidence = read(checkstyle("<exception><![CDATA[\nParse failed\n\tat x.java:1]]></exception>"));
    CHECK(evidence.findings == FindingCounts{.error = 1});
    REQUIRE(evidence.foreign.size() == 1);
    CHECK(evidence.foreign[0].message == "Parse failed");
    CHECK(evidence.foreign[0].file == "src/A.java");
    REQUIRE(evidence.tool_failed.size() == 1);
    CHECK(evidence.tool_failed[0] == "Checkstyle could not check src/A.java: Parse failed");
}

TEST_CASE("a report of Checkstyle that was cut short is refused") {
    CHECK(refusal("<checkstyle><file name='a'><error/>") == "malformed XML: the file ends too early");
}
