#include "report/report.h"
#include "support/catch.h"
#include "sys/digest.h"

using namespace fairlead;
using namespace fairlead::report;

TEST_CASE("a fingerprint is a digest over rule, path, line and occurrence") {
    const std::string bytes("scan/key\0src/a.cpp\0key = 1;\0002", 29);
    CHECK(fingerprint("scan/key", "src/a.cpp", "key = 1;", 2) == "v1:" + sys::sha256(bytes).substr(0, 32));
    CHECK(fingerprint("r", "p", "  key\t =  1; ", 1) == fingerprint("r", "p", "key = 1;", 1));
    CHECK(fingerprint("r", "p", "key =1;", 1) != fingerprint("r", "p", "key = 1;", 1));
    CHECK(fingerprint("r", "p", "", 1) != fingerprint("r", "p", "", 2));
    CHECK(fingerprint("r", "pq", "", 1) != fingerprint("rp", "q", "", 1));
}

TEST_CASE("findings are sorted by place, then rule, and otherwise stay in order") {
    std::vector<Finding> findings = {{.rule = "b", .file = "z", .line = 1, .message = "1"},
                                     {.rule = "b", .file = "a", .line = 10, .column = 2, .message = "2"},
                                     {.rule = "a", .file = "a", .line = 10, .column = 2, .message = "3"},
                                     {.rule = "c", .file = "a", .line = 9, .column = 7, .message = "4"},
                                     {.rule = "a", .file = "a", .line = 10, .column = 2, .message = "5"}};
    sort_findings(findings);
    std::string order;
    for (const Finding& finding : findings) order += finding.message;
    CHECK(order == "43521");
}

TEST_CASE("the verdict decides the exit status, an error's kind the rest") {
    CHECK(exit_status({.tool = "gate", .verdict = Verdict::pass}) == 0);
    CHECK(exit_status({.tool = "gate", .verdict = Verdict::fail}) == 1);
    CHECK(exit_status({.tool = "gate", .verdict = Verdict::error}) == 3);
    CHECK(exit_status({.tool = "gate", .verdict = Verdict::error, .error = usage("x")}) == 2);
    CHECK(exit_status({.tool = "gate", .verdict = Verdict::error, .error = no("x")}) == 1);
    CHECK(exit_status({.tool = "gate", .verdict = Verdict::error, .error = could_not("x")}) == 3);
}

TEST_CASE("severities, states and verdicts have the names of the JSON") {
    CHECK(name_of(Severity::info) == "info");
    CHECK(name_of(Severity::warning) == "warning");
    CHECK(name_of(State::fresh) == "new");
    CHECK(name_of(State::suppressed) == "suppressed");
    CHECK(name_of(Verdict::error) == "error");
}

TEST_CASE("a verdict has a word for what was judged, and one for what was asked") {
    CHECK(word_of(Verdict::pass, Says::verdict) == "passed");
    CHECK(word_of(Verdict::fail, Says::verdict) == "failed");
    CHECK(word_of(Verdict::error, Says::verdict) == "could not decide");
    CHECK(word_of(Verdict::pass, Says::answer) == "yes");
    CHECK(word_of(Verdict::fail, Says::answer) == "no");
    CHECK(word_of(Verdict::error, Says::answer) == "no");
    CHECK(word_of(Verdict::pass, Says::facts).empty());
}
