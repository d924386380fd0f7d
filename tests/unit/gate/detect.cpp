#include "gate/detect.h"
#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string format_of(std::string_view text) {
    const auto detected = detect(Source::memory(text));
    INFO(text);
    REQUIRE(detected.ok());
    return detected.value().format;
}

}

TEST_CASE("the content tells the format, after a mark and blanks too") {
    CHECK(format_of("\xEF\xBB\xBF \n<?xml version='1.0'?><testsuites/>") == "junit");
    CHECK(format_of("\n\n<testsuite name='x'/>") == "junit");
    CHECK(format_of("<coverage line-rate='1'/>") == "cobertura");
    CHECK(format_of("<coverage generated='1'><project/></coverage>") == "clover");
    CHECK(format_of("<coverage><module/></coverage>").empty());
    CHECK(format_of("<TestRun><FailedTests/></TestRun>").empty()); // CppUnit, AUnit
    CHECK(format_of("<TestRun><Results/></TestRun>") == "trx");
    CHECK(format_of("<testsuites xmlns='http://check.sourceforge.net/ns'><suite/></testsuites>").empty());
    CHECK(format_of("mode: atomic\na.go:1.1,2.2 1 1\n") == "go-cover");
    CHECK(format_of("# comment\nSF:a\n") == "lcov");
    CHECK(format_of("junk\nTAP version 13\n1..2\n") == "tap");
    CHECK(format_of("building\n{\"Time\":\"x\",\"Action\":\"run\"}\n") == "go-test");
    CHECK(format_of("hello").empty());
}

TEST_CASE("JSON formats are told by their keys") {
    CHECK(format_of(R"({"runs": [], "version": "2.1.0"})") == "sarif");
    CHECK(format_of(R"({"runs": []})").empty());
    CHECK(format_of(R"({"version": "1", "vulnerabilities": [], "bomFormat": "CycloneDX"})") == "cyclonedx");
    CHECK(format_of(R"([{"filePath": "a", "messages": []}])") == "eslint");
    CHECK(format_of("[]").empty());
    CHECK(format_of("{}").empty());
}

TEST_CASE("UTF-16 is read in either order") {
    using namespace std::string_view_literals;
    CHECK(format_of("\xFF\xFES\0F\0:\0a\0\n\0"sv) == "lcov");
}

TEST_CASE("nothing, blanks and what breaks before it shows its format") {
    CHECK(detect(Source::memory("")).value().empty);
    CHECK(detect(Source::memory(" \n\t")).value().empty);
    CHECK_FALSE(detect(Source::memory("<?xml")).ok());
    CHECK_FALSE(detect(Source::memory("{\"a\": nope")).ok());
    CHECK(detect(Source::memory("<testsuite><testcase")).ok()); // the reader tells that it is cut
}

TEST_CASE("a root behind a long comment is still seen") {
    CHECK(format_of("<!--" + std::string(200'000, 'x') + "--><testsuites/>") == "junit");
}

TEST_CASE("a blank file is empty, not unknown") {
    CHECK(read("\n").problem == Problem::empty);
    CHECK(read("{}").problem == Problem::unknown_format);
}
