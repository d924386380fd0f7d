#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string spotbugs(const std::string& inner) { return "<BugCollection version='4.8'>" + inner + "</BugCollection>"; }
std::string bug(const std::string& priority) { return "<BugInstance type='NP' priority='" + priority + "'/>"; }

}

TEST_CASE("SpotBugs' priorities are levels") {
    CHECK(counts_of(spotbugs(bug("1") + bug("2") + bug("3") + bug("4") + bug("5"))) == FindingCounts{1, 1, 3});
    CHECK(counts_of(spotbugs("<Project/><Errors errors='0' missingClasses='7'/>")) == FindingCounts{});
}

TEST_CASE("a bug of SpotBugs has its message and the line of the bug, not of its class") {
    const std::string text = spotbugs(
        "<BugInstance type='NP_NULL' priority='2'><ShortMessage>short</ShortMessage><LongMessage>null "
        "here</LongMessage><Class classname='com.x.A'><SourceLine start='1' sourcepath='com/x/A.java'/>"
        "<Message>In class</Message></Class><SourceLine start='24' sourcepath='com/x/A.java'/>"
        "<SourceLine start='30' sourcepath='com/x/A.java' role='SOURCE_LINE_ANOTHER_INSTANCE'/></BugInstance>");
    const auto evidence = read(text);
    REQUIRE(evidence.foreign.size() == 1);
    CHECK(evidence.foreign[0].tool == "SpotBugs");
    CHECK(evidence.foreign[0].rule == "NP_NULL");
    CHECK(evidence.foreign[0].message == "null here");
    CHECK(evidence.foreign[0].file == "com/x/A.java");
    CHECK(evidence.foreign[0].line == 24);
    const auto placed = read(text, tree_of({"src/main/java/com/x/A.java"}));
    REQUIRE(placed.foreign.size() == 1);
    CHECK(placed.foreign[0].file == "src/main/java/com/x/A.java"); // by its class
}

TEST_CASE("SpotBugs that found nothing and tells errors of its analysis is no answer") {
    const auto silent = read(spotbugs("<Errors errors='2' missingClasses='0'/>"));
    REQUIRE(silent.tool_failed.size() == 1);
    CHECK(silent.tool_failed[0] == "SpotBugs lists no finding, but says: 2 errors of its analysis");
    CHECK(read(spotbugs(bug("3") + "<Errors errors='2'/>")).tool_failed.empty());
    CHECK(read(spotbugs("<Errors/>")).tool_failed.empty());
}

TEST_CASE("a priority that SpotBugs doesn't have is refused") {
    for (const auto* priority : {"", "0", "12", "-1", "High"}) {
        INFO(priority);
        CHECK(refusal(spotbugs(bug(priority))).find("the priority of a bug is '") != std::string::npos);
    }
    CHECK(refusal("<BugCollection><BugInstance priority='1'/>") == "malformed XML: the file ends too early");
}
