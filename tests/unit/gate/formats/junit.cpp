#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Tests tests_of(std::string_view cases) {
    return read("<testsuites><testsuite name='s'>" + std::string(cases) + "</testsuite></testsuites>").tests.value();
}

}

TEST_CASE("a number of failures beyond all counts is still declared") {
    CHECK(read(R"(<testsuite failures="99999999999999999999999"><testcase/></testsuite>)").declared.size() == 1);
}

TEST_CASE("a message that only says Failed gives way to the first line of the failure") {
    const auto evidence = read("<testsuite><testcase name='a'><failure message='Failed'>=== RUN   TestA\n"
                               "    a_test.go:3: got 1, want 2\n--- FAIL</failure></testcase></testsuite>");
    REQUIRE(evidence.failed_tests.size() == 1);
    CHECK(evidence.failed_tests[0].message == "got 1, want 2");
    CHECK(evidence.failed_tests[0].line == 3);
    const auto catch2 =
        read("<testsuite><testcase name='a'><error type='TEST_CASE'>\nFAILED:\ndisk is full\nat a.cpp:7\n"
             "</error></testcase></testsuite>");
    CHECK(catch2.failed_tests.at(0).message == "disk is full");
    const auto jest = read("<testsuite><testcase name='a'><error>  ● Test suite failed to run\n\n"
                           "    Cannot find module './nowhere' from 'a.test.js'\n</error></testcase></testsuite>");
    CHECK(jest.failed_tests.at(0).message == "Cannot find module './nowhere' from 'a.test.js'");
}

TEST_CASE("a failure of go test has its place, as gotestsum writes it") {
    const auto evidence =
        read("<testsuite><testcase classname='example.org/m/a' name='TestBad'><failure message='Failed'>"
             "=== RUN   TestBad\n    a_test.go:12: wrong\n</failure></testcase></testsuite>",
             tree_of({"a/a_test.go"}));
    REQUIRE(evidence.failed_tests.size() == 1);
    CHECK(evidence.failed_tests[0].file == "a/a_test.go");
    CHECK(evidence.failed_tests[0].line == 12);
    CHECK(evidence.failed_tests[0].message == "wrong");
}

TEST_CASE("a case has one result and the worst wins") {
    CHECK(tests_of("<testcase/>") == Tests{.passed = 1});
    CHECK(tests_of("<testcase><failure/><failure/></testcase>") == Tests{.failed = 1});
    CHECK(tests_of("<testcase><failure/><error/></testcase>") == Tests{.errors = 1});
    CHECK(tests_of("<testcase><skipped/><failure/></testcase>") == Tests{.failed = 1});
    CHECK(tests_of("<testcase><skipped/></testcase><testcase><disabled/></testcase>") == Tests{.skipped = 2});
}

TEST_CASE("a case may be skipped by its attributes, unless it failed") {
    CHECK(tests_of("<testcase status='notrun' result='suppressed'/>") == Tests{.skipped = 1});
    CHECK(tests_of("<testcase status='run' result='completed'/>") == Tests{.passed = 1});
    CHECK(tests_of("<testcase status='disabled'><error/></testcase>") == Tests{.errors = 1});
}

TEST_CASE("an accepted todo of node:test is skipped although its failure is written") {
    CHECK(tests_of("<testcase><skipped type='todo'/><failure/></testcase>") == Tests{.skipped = 1});
}

TEST_CASE("an attempt that pytest-rerunfailures repeats is no test that passed") {
    const auto pytest = [](const std::string& cases, bool last) {
        return read_named(R"(<testsuites><testsuite name="pytest">)" + cases + "</testsuite></testsuites>",
                          {.last_counts = last})
            .tests.value();
    };
    const std::string a = R"(<testcase classname="t" name="a"/>)", b = R"(<testcase classname="t" name="b"/>)";
    const std::string bad = R"(<testcase classname="t" name="a"><failure message="no"/></testcase>)";
    const std::string torn =
        R"(<testcase classname="t" name="a"><error message="failed on teardown with x"/></testcase>)";
    for (const bool last : {false, true}) {
        INFO(last);
        CHECK(pytest(a + a + b, last) == Tests{.passed = 2, .flaky = 1});
        CHECK(pytest(a + a + bad, last) == Tests{.failed = 1});
        CHECK(pytest(a + a + a + b, last) == Tests{.passed = 2, .flaky = 1});
    }
    CHECK(pytest(a + torn, false) == Tests{.passed = 1, .errors = 1});
    CHECK(pytest(a + b + a, true) == Tests{.passed = 2, .flaky = 1}); // xdist mixes them
    CHECK(pytest(bad + a, false) == Tests{.passed = 1, .failed = 1});
    CHECK(tests_of("<testcase name='a'/><testcase name='a'/>") == Tests{.passed = 2});
}

TEST_CASE("a case that failed first and then passed is flaky, reruns of a failed one count once") {
    CHECK(tests_of("<testcase><flakyFailure/><flakyError/></testcase>") == Tests{.passed = 1, .flaky = 1});
    CHECK(tests_of("<testcase><failure/><rerunFailure/></testcase>") == Tests{.failed = 1});
    CHECK(tests_of("<testcase><failure/><flakyFailure/></testcase>") == Tests{.failed = 1, .flaky = 1});
}

TEST_CASE("a suite that failed outside its cases is one more case") {
    const auto failed = read("<testsuite name='boot'><failure message='no database'/><testcase name='a'/></testsuite>");
    CHECK(failed.tests == Tests{.passed = 1, .failed = 1});
    REQUIRE(failed.failed_tests.size() == 1);
    CHECK_FALSE(failed.failed_tests[0].error);
    const auto evidence = read("<testsuite name='boot'><error message='no database'/><testcase name='a'/></testsuite>");
    CHECK(evidence.tests == Tests{.passed = 1, .errors = 1});
    REQUIRE(evidence.failed_tests.size() == 1);
    CHECK(evidence.failed_tests[0].suite == "boot");
    CHECK(evidence.failed_tests[0].message == "no database");
}

TEST_CASE("a failure deeper within a case or its output is one of the case, and nothing else there counts") {
    CHECK(tests_of("<testcase><properties><property/></properties><system-out><testcase/></system-out></testcase>") ==
          Tests{.passed = 1});
    CHECK(tests_of("<system-out><testcase/></system-out><testcase/>").total() == 2); // not within a case
    CHECK(tests_of("<testcase><properties><failure/></properties></testcase>") == Tests{.failed = 1});
}

TEST_CASE("suites nest and namespaces are ignored") {
    CHECK(read("<j:testsuites xmlns:j='x'><j:testsuite><j:testsuite><j:testcase/></j:testsuite></j:testsuite>"
               "<j:testcase/></j:testsuites>")
              .tests == Tests{.passed = 2});
}

TEST_CASE("a suite that declares failures and lists none is told, by the innermost only") {
    const auto evidence = read("<testsuites errors='1'><testsuite name='jest' tests='0' errors='1.0'/></testsuites>");
    REQUIRE(evidence.declared.size() == 1);
    CHECK(evidence.declared[0] == "suite 'jest' declares 0 failures and 1 error, but lists none");
    CHECK(read("<testsuite failures='2'><testcase><failure/></testcase></testsuite>").declared.empty());
    // Surefire declares the attempts of a flaky test that passed: they explain as many as there are, no more.
    CHECK(
        read("<testsuite failures='2'><testcase><flakyFailure/><flakyError/></testcase></testsuite>").declared.empty());
    CHECK(
        read("<testsuites failures='3'><testsuite name='s' failures='2' errors='1'><testcase><flakyFailure/></testcase>"
             "</testsuite></testsuites>")
            .declared ==
        std::vector<std::string>{"suite 's' declares 2 failures and 1 error, but lists only 1 of repeated attempts"});
    CHECK(read("<testsuite failures='' errors='NaN'><testcase/></testsuite>").declared.empty());
}

TEST_CASE("a test of node:test that fails outside its subtests is told") {
    const auto declared = [](std::string_view suites, std::string_view comments) {
        return read("<testsuites>" + std::string(suites) + std::string(comments) + "</testsuites>").declared;
    };
    const std::string passed = "<testsuite name='a' failures='0'><testcase name='b'/></testsuite>",
                      failed = "<testsuite name='c' failures='1'><testcase name='d'><failure/></testcase></testsuite>";
    CHECK(
        declared(passed, "<!-- tests 2 --><!-- fail 1 -->") ==
        std::vector<std::string>{"node:test counted 1 failed test, but lists none: a test with subtests failed outside "
                                 "its subtests"});
    CHECK(declared(passed, "<!-- cancelled 2 --><!-- fail 0 -->").size() == 1);
    CHECK(declared(passed, "<!-- fail 0 -->").empty());
    CHECK(declared(failed, "<!-- fail 2 -->").empty()); // d and c
    CHECK(declared(failed + passed, "<!-- fail 3 -->").size() == 1);
    CHECK(declared("<testsuite name='a'><!-- fail 1 --></testsuite>", "").empty());
    CHECK(read("<testsuites><!-- fail 1 --><testcase><failure/></testcase></testsuites>").declared.empty());
}

TEST_CASE("a failed test comes with its class, place and the first line of its message") {
    const auto evidence =
        read("<testsuite name='s' file='x/t.js'><testcase name='adds' classname='Sum' line='7'>"
             "<failure message='1 &#10; != 2'>stack</failure><failure message='other'/></testcase>"
             "<testcase name='b' file='y.js'><error>  boom\nat y.js:3 </error></testcase></testsuite>");
    REQUIRE(evidence.failed_tests.size() == 2);
    const auto& [first, second] = std::pair(evidence.failed_tests[0], evidence.failed_tests[1]);
    CHECK(first.suite == "Sum");
    CHECK(first.name == "adds");
    CHECK(first.file == "x/t.js");
    CHECK(first.line == 7);
    CHECK(first.message == "1 != 2");
    CHECK_FALSE(first.error);
    CHECK(second.suite == "s");
    CHECK(second.file == "y.js");
    CHECK(second.message == "boom");
    CHECK(second.text.find("y.js:3") != std::string::npos);
    CHECK(second.error);
}

TEST_CASE("a suite that failed by itself has nothing of the case before it") {
    const auto evidence = read("<testsuite name='s'><testcase name='a' classname='C' file='x.js' line='7'>"
                               "<failure message='no'>x</failure></testcase><error>gone</error></testsuite>");
    REQUIRE(evidence.failed_tests.size() == 2);
    const auto& suite = evidence.failed_tests[1];
    CHECK(suite.suite == "s");
    CHECK(suite.file.empty());
    CHECK(suite.line == 0);
    CHECK(suite.message == "gone");
    CHECK(evidence.tests == Tests{.failed = 1, .errors = 1});
}

TEST_CASE("only the first failed tests are kept with their text, all are counted") {
    std::string text = "<testsuite>";
    for (int i = 0; i < 500; ++i) text += "<testcase><failure>" + std::string(1000, 'x') + "</failure></testcase>";
    text += "<testcase><failure>" + std::string(1'000'000, 'x') + "</failure></testcase></testsuite>";
    const auto evidence = read(text);
    CHECK(evidence.tests == Tests{.failed = 501});
    CHECK(evidence.failed_tests.size() == Evidence::kept);
    const auto big =
        read("<testsuite><testcase><failure>" + std::string(1'000'000, 'x') + "</failure></testcase></testsuite>");
    CHECK(big.failed_tests[0].text.size() < 70'000);
}

TEST_CASE("a truncated file and a declared entity are malformed, with their line") {
    const auto cut = read("<testsuite>\n<testcase name='a'/>\n<testcase");
    CHECK(cut.problem == Problem::malformed);
    CHECK(cut.place.line == 3);
    CHECK_FALSE(cut.tests.has_value());
    CHECK(read("<!DOCTYPE t [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><testsuite>&x;</testsuite>").problem ==
          Problem::malformed);
}

TEST_CASE("a case whose status says that it failed has failed, with or without a failure listed") {
    const auto evidence =
        read(R"(<testsuite><testcase name="a" status="failed"/><testcase name="b" status="fail"/>)"
             R"(<testcase name="c" status="error"/><testcase name="d" result="failed"/>)"
             R"(<testcase name="e" status="run" result="completed"/><testcase name="f" status="failed">)"
             R"(<failure message="no"/></testcase></testsuite>)");
    CHECK(*evidence.tests == Tests{1, 4, 1, 0, 0});
}

TEST_CASE("documents that follow one another are one report, wherever a piece of the file ends") {
    const std::string next =
        "\n<?xml version='1.0'?><testsuites><testsuite><testcase name='b'/></testsuite></testsuites>\n";
    for (std::size_t size = (1u << 20) - 40; size < (1u << 20) + 4; ++size) { // expat gets 1 MiB at a time
        std::string text = "<?xml version='1.0'?><testsuite><testcase name='a'><failure/></testcase></testsuite>";
        text.append(size - text.size(), '\n');
        text += next;
        text += next;
        CHECK(read(text).tests.value() == Tests{.passed = 2, .failed = 1});
    }
    CHECK_FALSE(read("<testsuite/>\n<testsuite/>").problem == Problem::none);
    CHECK_FALSE(read("<testsuite/>" + next + "<?xml version='1.0'?><testsuite>").problem == Problem::none);
}

namespace {

std::string junit(std::string_view cases) {
    return "<testsuites><testsuite name='s'>" + std::string(cases) + "</testsuite></testsuites>";
}

constexpr std::string_view bad = "<testcase classname='c' name='a'><failure message='no'/></testcase>",
                           good = "<testcase classname='c' name='a'/>";

}

TEST_CASE("junit: of a repeated test each result counts, or only the last") {
    const auto retried = junit(std::string(bad) + std::string(good));
    CHECK(read(retried).tests == Tests{.passed = 1, .failed = 1});
    const auto evidence = read_named(retried, {.last_counts = true});
    CHECK(evidence.tests == Tests{.passed = 1, .flaky = 1});
    CHECK(evidence.failed_tests.empty());
    CHECK(evidence.declared.empty());
}

TEST_CASE("junit: a repeated test that fails at last has failed") {
    const auto evidence = read_named(junit(std::string(good) + std::string(bad)), {.last_counts = true}); // a teardown
    CHECK(evidence.tests == Tests{.failed = 1, .flaky = 1});
    CHECK(evidence.failed_tests.size() == 1);
    const auto twice = read_named(junit(std::string(bad) + std::string(bad)), {.last_counts = true});
    CHECK(twice.tests == Tests{.failed = 1});
    CHECK(twice.failed_tests.size() == 1);
    CHECK(read_named(junit(std::string(bad) + std::string(good) + std::string(bad) + std::string(good)),
                     {.last_counts = true})
              .tests == Tests{.passed = 1, .flaky = 1});
}

TEST_CASE("junit: tests of other classes, files or suites are not the same") {
    for (const auto* other : {"<testcase classname='d' name='a'/>", "<testcase classname='c' name='b'/>",
                              "<testcase classname='c' name='a' file='x'/>", "<testcase classname='ca' name=''/>"})
        CHECK(read_named(junit(std::string(bad) + other), {.last_counts = true}).tests ==
              Tests{.passed = 1, .failed = 1});
}

TEST_CASE("junit: of CTest a test that could not run is an error, one that is skipped or disabled isn't") {
    const auto with = [](std::string_view status, std::string_view why) {
        return read(junit("<testcase name='a' status='" + std::string(status) + "'><skipped message='" +
                          std::string(why) + "'/></testcase>"));
    };
    CHECK(with("notrun", "Unable to find executable").tests == Tests{.errors = 1});
    CHECK(with("notrun", "Unable to find executable").failed_tests.at(0).message == "Unable to find executable");
    CHECK(with("notrun", "Fixture dependency failed").tests == Tests{.errors = 1});
    for (const auto* why : {"SKIP_RETURN_CODE=77", "Skipped", "Disabled", ""})
        CHECK(with("notrun", why).tests == Tests{.skipped = 1});
    CHECK(with("disabled", "x").tests == Tests{.skipped = 1});
    CHECK(
        read(junit("<testcase name='a' status='notrun' result='suppressed'><skipped message='x'/></testcase>")).tests ==
        Tests{.skipped = 1});
}

TEST_CASE("junit: a failure that Catch2 accepts is skipped") {
    CHECK(read(junit("<testcase name='a'><skipped message='TEST_CASE tagged with !mayfail'/><failure/></testcase>"))
              .tests == Tests{.skipped = 1});
    CHECK(read(junit("<testcase name='a'><skipped message='other'/><failure/></testcase>")).tests ==
          Tests{.failed = 1});
}

TEST_CASE("junit: a test that asserts nothing, of PHPUnit, is skipped; its messages come behind the test's name") {
    CHECK(read(junit("<testcase name='a'><error type='PHPUnit\\Framework\\RiskyTestError'>A::a\nno "
                     "assertion</error></testcase>"))
              .tests == Tests{.skipped = 1});
    const auto declared = read(
        "<testsuite name='s' errors='1'><testcase name='a'><error type='P\\RiskyTestError'/></testcase></testsuite>");
    CHECK(declared.declared.empty());
    const auto failed = read(
        junit("<testcase classname='A' name='testP with data set &quot;q&quot;'><failure>A::testP with data set \"q\"\n"
              "Failed asserting that 2 is 1.\n\n/r/ATest.php:4</failure></testcase>"));
    CHECK(failed.failed_tests.at(0).message == "Failed asserting that 2 is 1.");
    CHECK(read(junit("<testcase name='a'><failure>x::a</failure></testcase>")).failed_tests.at(0).message == "x::a");
}

TEST_CASE("a test of prove that passes although it is marked TODO passes") {
    const auto all =
        read("<testsuite name='t' tests='2' errors='1' failures='0'><testcase name='1'/><testcase name='2'><error "
             "message='todo' type='TodoTestSucceeded'>ok 2 # TODO</error></testcase></testsuite>");
    CHECK(all.tests == Tests{.passed = 2});
    CHECK(all.declared.empty());
}

TEST_CASE("junit: where a failure says nothing, the output does from where it complains") {
    const auto message = [](std::string_view output) {
        return read(junit("<testcase name='a'><failure message=''/><system-out>" + std::string(output) +
                          "</system-out></testcase>"))
            .failed_tests.at(0)
            .message;
    };
    CHECK(message("a:PASS\n/r/a.c:70:b:FAIL: Expected 1\nc:PASS\n") == "/r/a.c:70:b:FAIL: Expected 1");
    CHECK(message("one\ntwo\n\n") == "two");
    CHECK(message("").empty());
    const auto spoken =
        read(junit("<testcase name='a'><failure message='m'/><system-out>error</system-out></testcase>"));
    CHECK(spoken.failed_tests.at(0).message == "m");
}

TEST_CASE("junit: a failure without a word is told by its type") {
    const auto evidence = read("<testsuite><testcase name='a'><failure type='test timeout'/><system-out>\nrunning 1 "
                               "test\n</system-out></testcase></testsuite>");
    CHECK(evidence.failed_tests.at(0).message == "test timeout");
}

TEST_CASE("junit: a nameless test of pytest was interrupted; words of a status count in either case") {
    CHECK(read("<testsuites name='pytest tests'><testsuite name='x'><testcase time='0'/></testsuite></testsuites>")
              .tests == Tests{.errors = 1});
    CHECK(read("<testsuite name='pytest'><testcase/></testsuite>").tests == Tests{.errors = 1});
    CHECK(read(junit("<testcase/>")).tests == Tests{.passed = 1});
    for (const auto* word : {"FAILED", "Failure"})
        CHECK(read(junit("<testcase name='a' status='" + std::string(word) + "'/>")).tests == Tests{.failed = 1});
    for (const auto* word : {"timedout", "CRASHED", "Error"})
        CHECK(read(junit("<testcase name='a' result='" + std::string(word) + "'/>")).tests == Tests{.errors = 1});
}
