#include "unit/gate/reading.h"

// NUnit, xUnit.net, TRX, CTest, TAP, go test, CTRF: what each counts, and what is no pass.
using namespace fairlead;
using namespace fairlead::gate;

namespace {

Tests counted(std::string_view report) { return read(report).tests.value(); }

std::string nunit3(std::string_view cases) {
    return "<test-run><test-suite name='s'>" + std::string(cases) + "</test-suite></test-run>";
}
std::string nunit2(std::string_view cases) {
    return "<test-results><test-suite name='s'><results>" + std::string(cases) +
           "</results></test-suite></test-results>";
}
std::string xunit(std::string_view tests) {
    return "<assemblies><assembly name='a.dll'><collection>" + std::string(tests) +
           "</collection></assembly></assemblies>";
}
std::string trx(std::string_view results, std::string_view summary = "<ResultSummary outcome='Completed'/>") {
    return "<TestRun><Results>" + std::string(results) + "</Results>" + std::string(summary) + "</TestRun>";
}
std::string ctest(std::string_view tests) { return "<Site><Testing>" + std::string(tests) + "</Testing></Site>"; }
std::string ctrf(std::string_view tests, std::string_view summary = "{}") {
    return R"({"results":{"summary":)" + std::string(summary) + R"(,"tests":[)" + std::string(tests) + "]}}";
}
std::string event(std::string_view action, std::string_view test = "", std::string_view output = "") {
    std::string line = R"({"Time":"2026-01-01T00:00:00Z","Action":")" + std::string(action) + R"(","Package":"p")";
    if (!test.empty()) line += R"(,"Test":")" + std::string(test) + '"';
    if (!output.empty()) line += R"(,"Output":")" + std::string(output) + '"';
    return line + "}\n";
}

}

TEST_CASE("nunit3: results and labels of cases") {
    CHECK(counted(nunit3("<test-case result='Passed'/><test-case result='Warning'/>")) == Tests{.passed = 2});
    CHECK(counted(nunit3("<test-case result='Failed'/><test-case result='Failed' label='Error'/>"
                         "<test-case result='Failed' label='Cancelled'/>")) == Tests{.failed = 1, .errors = 2});
    CHECK(counted(nunit3("<test-case result='Skipped' label='Ignored'/><test-case result='Inconclusive'/>")) ==
          Tests{.skipped = 2});
    CHECK(counted(nunit3("<test-case result='Skipped' label='Invalid'/><test-case result='New'/><test-case/>")) ==
          Tests{.errors = 3});
    CHECK(counted("<test-suite testcasecount='1'><test-case result='Passed'/></test-suite>") == Tests{.passed = 1});
}

TEST_CASE("nunit3: a failure has its message and the place of its stack") {
    const auto evidence =
        read(nunit3("<test-case name='Adds' classname='Shop.Cart' fullname='Shop.Cart.Adds' result='Failed'>"
                    "<failure><message>Expected: 2\nBut was: 1</message><stack-trace>   at Shop.Cart.Adds() in "
                    "C:\\src\\Cart.cs:line 42\n</stack-trace></failure><output>x</output></test-case>"));
    REQUIRE(evidence.failed_tests.size() == 1);
    const auto& test = evidence.failed_tests[0];
    CHECK(test.suite == "Shop.Cart");
    CHECK(test.name == "Adds");
    CHECK(test.message == "Expected: 2");
    CHECK(test.file == "C:\\src\\Cart.cs");
    CHECK(test.line == 42);
}

TEST_CASE("nunit: a suite that failed without a case of its own that did is no pass") {
    const auto three =
        read("<test-run result='Failed'><test-suite name='s' result='Failed'><failure><message>TearDown</message>"
             "</failure><test-case result='Passed'/></test-suite></test-run>");
    CHECK(three.tests == Tests{.passed = 1});
    CHECK(three.declared == std::vector<std::string>{"suite 's' says that it failed, but lists no test that did"});
    CHECK(read("<test-run result='Failed'><test-suite result='Failed'><test-case "
               "result='Failed'/></test-suite></test-run>")
              .declared.empty());
    CHECK(read("<test-results failures='1'><test-suite><results><test-case success='True'/></results></test-suite>"
               "</test-results>")
              .declared.size() == 1);
    CHECK(read("<test-results><test-suite success='False'><results><test-case/></results></test-suite></test-results>")
              .declared.size() == 1);
}

TEST_CASE("nunit2: results, and what stood in their place before 2.5") {
    CHECK(
        counted(nunit2(
            "<test-case result='Success'/><test-case executed='True' success='True'/><test-case success='Turue'/>")) ==
        Tests{.passed = 3});
    CHECK(
        counted(nunit2("<test-case result='Failure'/><test-case success='False'/><test-case><failure/></test-case>")) ==
        Tests{.failed = 3});
    CHECK(counted(nunit2("<test-case result='Error'/><test-case result='NotRunnable'/><test-case result='Invalid'/>"
                         "<test-case result='Cancelled'/>")) == Tests{.errors = 4});
    CHECK(counted(nunit2("<test-case result='Ignored'/><test-case result='Skipped'/><test-case result='Inconclusive'/>"
                         "<test-case executed='False' success='False'/>")) == Tests{.skipped = 4});
}

TEST_CASE("xunit: results of tests, errors of an assembly, and what it declares") {
    CHECK(counted(
              xunit("<test result='Pass'/><test result='Fail'/><test result='Skip'/><test result='NotRun'/><test/>")) ==
          Tests{.passed = 1, .failed = 1, .errors = 1, .skipped = 2});
    CHECK(counted("<assembly name='v1.dll'><class><test result='Pass'/></class></assembly>") == Tests{.passed = 1});
    const auto broken =
        read("<assemblies><assembly name='a.dll' errors='1'><errors><error type='assembly-cleanup' name='Db'>"
             "<failure><message>gone</message></failure></error></errors><collection><test result='Pass'/>"
             "</collection></assembly></assemblies>");
    CHECK(broken.tests == Tests{.passed = 1, .errors = 1});
    REQUIRE(broken.failed_tests.size() == 1);
    CHECK(broken.failed_tests[0].name == "Db");
    CHECK(broken.failed_tests[0].message == "gone");
    CHECK(broken.declared.empty());
    CHECK(read("<assembly name='a.dll' failed='2'><collection><test result='Pass'/></collection></assembly>")
              .declared.size() == 1);
    const auto placed =
        read(xunit("<test result='Fail' source-file='a.cs' source-line='7'><failure><message>m</message>"
                   "<stack-trace>in b.cs:line 9</stack-trace></failure></test>"));
    CHECK(placed.failed_tests.at(0).file == "a.cs");
    CHECK(placed.failed_tests.at(0).line == 7);
}

TEST_CASE("trx: outcomes; a case without one never ended") {
    CHECK(
        counted(trx(
            "<UnitTestResult outcome='Passed'/><UnitTestResult outcome='Warning'/><UnitTestResult outcome='Completed'/>"
            "<WebTestResult outcome='PassedButRunAborted'/>")) == Tests{.passed = 4});
    CHECK(counted(trx(
              "<UnitTestResult outcome='Error'/><UnitTestResult outcome='Timeout'/><UnitTestResult outcome='Aborted'/>"
              "<UnitTestResult outcome='Disconnected'/><UnitTestResult/>")) == Tests{.errors = 5});
    CHECK(counted(trx("<UnitTestResult outcome='NotExecuted'/><UnitTestResult outcome='Inconclusive'/>"
                      "<UnitTestResult outcome='Pending'/>")) == Tests{.skipped = 3});
}

TEST_CASE("trx: rows of data belong to their case, an aggregation is one case") {
    const auto evidence = read(trx(
        "<TestResultAggregation testName='Rows' outcome='Failed'><Output><ErrorInfo><Message>row 2</Message>"
        "<StackTrace>at A() in /src/a.cs:line 3</StackTrace></ErrorInfo></Output><InnerResults>"
        "<UnitTestResult outcome='Passed'/><UnitTestResult outcome='Failed'><Output><ErrorInfo><Message>inner</Message>"
        "</ErrorInfo></Output></UnitTestResult></InnerResults></TestResultAggregation>"));
    CHECK(evidence.tests == Tests{.failed = 1});
    CHECK(evidence.failed_tests.at(0).message == "row 2");
    CHECK(evidence.failed_tests.at(0).file == "/src/a.cs");
}

TEST_CASE("trx: a run that ended badly without a failed case is no pass, and says why") {
    const auto evidence = read(
        trx("<UnitTestResult outcome='Passed'/>",
            "<ResultSummary outcome='Failed'><RunInfos><RunInfo outcome='Warning'><Text>slow</Text></RunInfo>"
            "<RunInfo outcome='Error'><Text>the host process crashed</Text></RunInfo></RunInfos></ResultSummary>"));
    CHECK(evidence.declared ==
          std::vector<std::string>{"the run ended as Failed, but no test failed: the host process crashed"});
    CHECK(read(trx("<UnitTestResult outcome='Failed'/>", "<ResultSummary outcome='Failed'/>")).declared.empty());
}

TEST_CASE("ctest: what did not run was switched off, or is an error") {
    const auto not_run = [](const std::string& why) {
        return counted(
            ctest("<Test Status='notrun'><Name>a</Name><Results><NamedMeasurement name='Completion Status'><Value>" +
                  why + "</Value></NamedMeasurement></Results></Test>"));
    };
    for (const auto* why : {"Disabled", "SKIP_RETURN_CODE=77", "SKIP_REGULAR_EXPRESSION_MATCHED", "Skipped"})
        CHECK(not_run(why) == Tests{.skipped = 1});
    for (const auto* why : {"Unable to find executable", "Fixture dependency failed", ""})
        CHECK(not_run(why) == Tests{.errors = 1});
    CHECK(
        counted(ctest("<TestList><Test>./a</Test></TestList><Test Status='passed'/><Test Status='failed'/><Test/>")) ==
        Tests{.passed = 1, .failed = 1, .errors = 1});
}

TEST_CASE("ctest: a failure has its exit code and its output") {
    const auto evidence = read(ctest(
        "<Test Status='failed'><Name>net</Name><Results><NamedMeasurement name='Exit Code'><Value>SEGFAULT</Value>"
        "</NamedMeasurement><NamedMeasurement name='Completion Status'><Value>Completed</Value></NamedMeasurement>"
        "<Measurement><Value>boom</Value></Measurement></Results></Test>"));
    CHECK(evidence.failed_tests.at(0).name == "net");
    CHECK(evidence.failed_tests.at(0).message == "SEGFAULT");
    CHECK(evidence.failed_tests.at(0).text.find("boom") != std::string::npos);
}

TEST_CASE("tap: points with and without number and dash, directives, subtests") {
    CHECK(counted("1..5\nok 1 - a\nok 2-b\nok\nnot ok 4\nnot ok - # TODO later\n") ==
          Tests{.passed = 3, .failed = 1, .skipped = 1});
    CHECK(counted("TAP version 14\nok 1 - a # skipped: no net\nok 2 - b \\# SKIP\nokay\n1..2\n") ==
          Tests{.passed = 1, .skipped = 1});
    CHECK(counted("1..1\n    not ok 1 - inner\n    1..1\nok 1 - outer\n") == Tests{.passed = 1});
    CHECK(counted("1..0 # SKIP no translator\n") == Tests{});
}

TEST_CASE("tap: a plan that isn't kept, or is missing, is no pass") {
    const auto cut = read("1..3\nok 1\n");
    CHECK(cut.tests == Tests{.passed = 1, .errors = 2});
    CHECK(cut.failed_tests.at(0).message == "the plan is 1..3, and 2 tests did not report");
    CHECK(read("1..1\nok 1\nok 2\n").declared.size() == 1);
    CHECK(read("ok 1\nok 2\n").declared.size() == 1);
    CHECK(read("1..1\nok 1\n1..1\nok 1\n").declared.size() == 2);
    CHECK(read("TAP version 13\n1..1\nok 1\nTAP version 13\n1..1\nok 1\n").declared.empty());
    CHECK(read("TAP version 13\n1..1\nok 1\nTAP version 13\n1..1\nok 1\n").tests == Tests{.passed = 2});
}

TEST_CASE("tap: who bails out leaves errors") {
    const auto bailed = read("1..3\nok 1\nBail out! no database\n");
    CHECK(bailed.tests == Tests{.passed = 1, .errors = 2});
    CHECK(bailed.failed_tests.at(0).message == "the plan is 1..3, and 2 tests did not report: no database");
    CHECK(read("1..1\nok 1\nBail out!\n").tests == Tests{.passed = 1, .errors = 1});
}

TEST_CASE("tap: what is written about a failure, as YAML or as comments") {
    const auto evidence =
        read("1..2\nnot ok 1 - adds\n  ---\n  message: 'got 1'\n  at:\n  file: cart.js\n  line: 7\n  ...\n"
             "not ok 2 - sums\n#   Failed test 'sums'\n#   at t/cart.t line 5.\n");
    REQUIRE(evidence.failed_tests.size() == 2);
    CHECK(evidence.failed_tests[0].name == "adds");
    CHECK(evidence.failed_tests[0].message == "got 1");
    CHECK(evidence.failed_tests[0].file == "cart.js");
    CHECK(evidence.failed_tests[0].line == 7);
    CHECK(evidence.failed_tests[1].message == "Failed test 'sums'");
    CHECK(evidence.failed_tests[1].file == "t/cart.t");
    CHECK(evidence.failed_tests[1].line == 5);
}

TEST_CASE("go test: every test that ends is a case, parents and subtests") {
    CHECK(counted(event("run", "A") + event("run", "A/x") + event("pass", "A/x") + event("fail", "A") +
                  event("skip", "B") + event("fail")) == Tests{.passed = 1, .failed = 1, .skipped = 1});
    CHECK(counted(event("start") + event("skip")) == Tests{}); // no test files
    CHECK(counted("printed by hand\n" + event("pass", "A") + "{not json}\n" + event("pass")) == Tests{.passed = 1});
}

TEST_CASE("go test: a failure has what it printed, its place and message") {
    const auto evidence = read(event("run", "A") + event("output", "A", "=== RUN   A\\n") +
                               event("output", "A", "    a_test.go:11: got 1, want 2\\n") +
                               event("output", "A", "--- FAIL: A\\n") + event("fail", "A") + event("fail"));
    const auto& test = evidence.failed_tests.at(0);
    CHECK(test.suite == "p");
    CHECK(test.message == "got 1, want 2");
    CHECK(test.file == "a_test.go");
    CHECK(test.line == 11);
    CHECK(test.text.find("===") == std::string::npos);
}

TEST_CASE("go test: tests that never ended, builds and packages that failed are errors") {
    CHECK(counted(event("run", "A") + event("fail")) == Tests{.errors = 1});               // panic
    CHECK(counted(event("pass", "A") + event("fail")) == Tests{.passed = 1, .errors = 1}); // os.Exit(1)
    CHECK(counted(event("run", "A")) == Tests{.errors = 1});                               // killed
    const auto quiet = read(event("pass", "A") + event("output", "", "PASS\\n") +
                            event("output", "", "FAIL\\tp\\t0.01s\\n") + event("fail"));
    CHECK(quiet.failed_tests.at(0).message == "no test failed, but the package did: see its TestMain");
    const auto loud = read(event("pass", "A") + event("output", "", "panic: no database\\n") + event("fail"));
    CHECK(loud.failed_tests.at(0).message == "panic: no database");
    const auto build =
        read("{\"ImportPath\":\"p\",\"Action\":\"build-output\",\"Output\":\"./a.go:3:1: undefined: x\\n\"}\n" +
             event("start") + R"({"Time":"x","Action":"fail","Package":"p","FailedBuild":"p"})" + "\n");
    CHECK(build.tests == Tests{.errors = 1});
    CHECK(build.failed_tests.at(0).message == "undefined: x");
    CHECK(build.failed_tests.at(0).file == "./a.go");
    CHECK(read(event("start") + event("pass", "A")).declared.size() == 1);
    CHECK(read(event("pass", "A") + event("pass")).declared.empty());
    const auto cut = read_report(Source::memory(event("pass", "A") + R"({"Time":"x","Action":"pa)"), tree_of({}));
    CHECK(cut->problem == Problem::malformed);
    const auto unbuilt =
        read(event("pass", "A") + event("pass") + R"({"ImportPath":"q","Action":"build-fail"})" + "\n");
    CHECK(unbuilt.declared.size() == 1);
}

TEST_CASE("go test: an event that stands behind other text can't be read, and is no pass") {
    const auto refused = [](const std::string& text) {
        const auto evidence = read_report(Source::memory(event("pass", "A") + text + event("pass")), tree_of({}));
        return evidence->problem == Problem::malformed ? evidence->reason : std::string();
    };
    CHECK(refused("warning: " + event("fail", "B")).find("keep the streams apart") != std::string::npos);
    CHECK(refused(R"(x{"ImportPath":"q","Action":"build-fail"})" + std::string("\n")).find("behind") !=
          std::string::npos);
    CHECK(refused(std::string("\0\0\n", 3)).find("holds a NUL") != std::string::npos);
    CHECK(refused("# q\n./a.go:3:1: undefined: x\n").empty());
}

TEST_CASE("ctrf: states, flaky cases and the summary") {
    CHECK(
        counted(ctrf(R"({"name":"a","status":"passed","flaky":true},{"name":"b","status":"failed"},{"status":"pending"},
                          {"status":"skipped"},{"status":"other"},{"status":"exploded"})")) ==
        Tests{.passed = 1, .failed = 1, .errors = 1, .skipped = 3, .flaky = 1});
    const auto evidence = read(ctrf(R"({"name":"b","suite":["shop","cart"],"status":"failed","message":"no","trace":"t",
                                        "filePath":"cart.ts","line":3})"));
    CHECK(evidence.failed_tests.at(0).suite == "shop > cart");
    CHECK(evidence.failed_tests.at(0).message == "no");
    CHECK(evidence.failed_tests.at(0).file == "cart.ts");
    CHECK(evidence.failed_tests.at(0).line == 3);
    CHECK(read(ctrf(R"({"status":"passed"})", R"({"failed":2})")).declared.size() == 1);
    CHECK(read_report(Source::memory(ctrf(R"({"name":"a"})")), tree_of({}))->problem == Problem::malformed);
    CHECK(read_report(Source::memory(R"({"results":{"tests":{}}})"), tree_of({}))->problem != Problem::none);
}

TEST_CASE("tap: the message is what message: or error: says, also as a block; a location is file, line and column") {
    const auto evidence =
        read("1..3\nnot ok 1 - adds # time=1.2ms\n  ---\n  duration_ms: 0.5\n  location: '/r/a.mjs:4:2'\n"
             "  error: 'got 1'\n  ...\nnot ok 2 sums # SKIP later\n  ---\n  message: |-\n\n    a line\n    more\n"
             "  ...\nnot ok 3 x\n  ---\n  error:\n    name: E\n    message: \"inner\"\n  at: \"b.js:7:1\"\n  ...\n");
    REQUIRE(evidence.failed_tests.size() == 2);
    CHECK(evidence.failed_tests[0].name == "adds");
    CHECK(evidence.failed_tests[0].message == "got 1");
    CHECK(evidence.failed_tests[0].file == "/r/a.mjs");
    CHECK(evidence.failed_tests[0].line == 4);
    CHECK(evidence.failed_tests[1].message == "inner");
    CHECK(evidence.failed_tests[1].file == "b.js");
    const auto block = read("1..1\nnot ok 1 - a #2 b\n  ---\n  message: |-\n\n    a line\n    more\n  ...\n");
    CHECK(block.failed_tests.at(0).name == "a #2 b");
    CHECK(block.failed_tests.at(0).message == "a line");
}

TEST_CASE("go test: a panic tells what it says, not its first frame; a file lies in the package's folder") {
    const auto panic =
        read(event("run", "A") + event("output", "A", "panic: boom [recovered, repanicked]\\n") +
             event("output", "A", "\\t/go/src/testing/testing.go:1974 +0x232\\n") + event("fail", "A") + event("fail"));
    CHECK(panic.failed_tests.at(0).message == "panic: boom");
    CHECK(panic.failed_tests.at(0).file.empty());
    const auto placed = read_report(Source::memory(event("run", "A") + event("output", "A", "    a_test.go:11: no\\n") +
                                                   event("fail", "A") + event("fail")),
                                    tree_of({"p/a_test.go", "q/a_test.go"}));
    CHECK(placed->failed_tests.at(0).file == "p/a_test.go");
}

TEST_CASE("tap: a last line that ends within a word, and a block without its end, were cut off") {
    const std::string begin = "1..2\nok 1\n";
    for (const auto* cut : {"ok 2 - b # SKI", "ok 2 - b # t", "ok 2\n  ---\n  message: x\n"})
        CHECK(read(begin + cut).declared.size() == 1);
    for (const auto* whole :
         {"ok 2 - b # SKIP", "ok 2 - b", "ok 2 - b #3", "ok 2\n  ---\n  message: x\n  ...\n", "ok 2 # SKI\n"})
        CHECK(read(begin + whole).declared.empty());
}

TEST_CASE("go test: events without a time are events") {
    CHECK(read("{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"A\"}\n{\"Action\":\"pass\",\"Package\":\"p\"}\n")
              .tests == Tests{.passed = 1});
}

TEST_CASE("go test: a test that ran again counts by its last result") {
    const auto events = event("run", "A") + event("fail", "A") + event("fail") + event("start") + event("run", "A") +
                        event("pass", "A") + event("pass");
    CHECK(read_named(events, {.last_counts = true}).tests == Tests{.passed = 1, .flaky = 1});
    CHECK(read(events).tests == Tests{.passed = 1, .failed = 1});
}

TEST_CASE("tests that must run are known by suite and name") {
    const auto* const report = R"(<testsuite><testcase classname="tests.shop" name="test_pay"/>)"
                               R"(<testcase classname="tests.shop" name="test_off"><skipped/></testcase></testsuite>)";
    const auto ran =
        read_named(report, {.must_run = {"tests.shop.test_pay", "*.test_p*", "tests.shop.test_off", "shop"}}).ran;
    CHECK(ran == std::vector<bool>{true, true, false, false});
    CHECK(read_named("1..1\nok 1 - pays\n", {.must_run = {"pays"}}).ran == std::vector<bool>{true});
    CHECK(read_named(event("pass", "A") + event("pass"), {.must_run = {"p.A"}}).ran == std::vector<bool>{true});
    CHECK(read_named(event("skip", "A") + event("pass"), {.must_run = {"p.A"}}).ran.empty());
}
