#include "base/text.h"
#include "base/words.h"
#include "gate/formats/cases.h"
#include "gate/formats/go_paths.h"
#include "gate/formats/readers.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

// JUnit XML has no schema; this is what its writers (Surefire, pytest, Gradle, jest, googletest, nextest ...) have in
// common. Cases are counted; the numbers that suites declare are only a check.
namespace fairlead::gate {

namespace {

// What is known of the element that is open, for what a child of it means.
enum class Element : unsigned char { other, suite, testcase, failure, output, crash };

struct Suite {
    std::string name, file;
    std::uint64_t declared_failures = 0, declared_errors = 0;
    std::uint64_t retried_below = 0; // failures of attempts: some writers count them among those that they declare
    bool bad_below = false, complained_below = false;
};

// Names are shown in one line; a hostile one must not be held for each suite that is open.
void assign(std::string& target, std::string_view text) { target = text.substr(0, Cases::longest_name); }

struct Case {
    std::string suite, name, file; // reused, so that a passed case costs no allocation
    int line = 0;
    bool failed = false, error = false, skipped = false, todo = false;
    bool did_not_run = false;        // CTest's word
    bool tells_by_output = false;    // `text` is what the program wrote
    std::uint64_t retried = 0;       // failures of attempts that were not the last
    std::string message, type, text; // of the first failure
    bool own_failure = false;        // `message` is set
    bool after_pass = false;         // pytest: the test passed, and is listed before; what came after it failed
    bool nested_failure = false;     // of a case within it
};

// What go-junit-report and gotestsum write for every failure.
bool says_nothing(std::string_view message) { return message.empty() || message == "Failed"; }

// Of a test that CTest didn't run: because it is disabled or said so itself, and not because its program, a file or its
// fixture is missing.
bool is_reason_to_skip(std::string_view message) {
    return message.empty() || message.starts_with("SKIP") || message.starts_with("Skip") ||
           message.starts_with("Disabled");
}

// Of what was written about a failure, without the headings of `go test`, Catch2 and Jest.
std::string_view first_line(std::string_view text) {
    const auto is_heading = [](std::string_view line) {
        return line.starts_with("=== ") || line.starts_with("FAILED:\n") || line.starts_with("● Test suite failed");
    };
    for (text = trim(text); is_heading(text);) text = trim(text.substr(std::min(text.find('\n'), text.size())));
    return text.substr(0, text.find('\n'));
}

// The output of a program that failed, from the first line that says so; else its last line.
std::string from_complaint(std::string_view output) {
    for (auto rest = output; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = lower(rest.substr(0, end));
        if (has_any(line, {"fail", "error", "assert", "exception", "panic"})) return std::string(rest);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto rest = trim(output);
    return std::string(rest.substr(rest.rfind('\n') + 1)); // npos + 1 is 0
}

class JunitHandler : public sys::XmlHandler {
  public:
    JunitHandler(const SourceTree& tree, Evidence& evidence) : tree_(tree), evidence_(evidence), tally_(evidence) {}

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        const Element parent = open_.empty() ? Element::other : open_.back();
        Element element = Element::other;
        if (parent == Element::testcase)
            element = case_child(name, attributes);
        else if (in_case_)
            element = nested(name, attributes);
        else if (name == "testcase") {
            begin_case(attributes);
            element = Element::testcase;
        } else if (name == "testsuite" || name == "testsuites") {
            begin_suite(attributes);
            element = Element::suite;
        } else if (parent != Element::crash && (name == "error" || name == "failure")) { // in an output, too
            begin_crash(name, attributes);
            element = Element::crash;
        }
        open_.push_back(element);
        return {};
    }

    Result<void> end(std::string_view) override {
        const Element element = open_.back();
        open_.pop_back();
        if (element == Element::testcase)
            end_case();
        else if (element == Element::suite)
            end_suite();
        else if (element == Element::crash)
            end_case();
        if (open_.empty()) compare_with_node();
        return {};
    }

    Result<void> text(std::string_view part) override {
        const bool told = !open_.empty() && (open_.back() == Element::failure || open_.back() == Element::output ||
                                             open_.back() == Element::crash);
        if (told && keeps_) append_text(case_.text, part);
        return {};
    }

    // node:test tells its totals at the end of the outermost element: "fail 1".
    Result<void> comment(std::string_view part) override {
        const auto words = split(trim(part.substr(0, Cases::longest_element)), ' ');
        if (open_.size() == 1 && words.size() == 2 && is_one_of(words[0], {"fail", "cancelled"}))
            node_failures_ += std::min(declared_count(words[1]), most_of_node);
        return {};
    }

    bool takes_another() const override { return true; } // cargo's libtest: one per test binary

  private:
    static constexpr std::uint64_t most_of_node = 1u << 30;

    // node:test writes a test with subtests as a suite, which can't hold the failure of that test. Such a test fails by
    // itself, or because a subtest failed.
    void compare_with_node() {
        if (node_failures_ > bad_cases_ + bad_suites_)
            keep_first(evidence_.declared, evidence_.more_declared,
                       fmt::format("node:test counted {} failed test{}, but lists {}: a test with subtests failed "
                                   "outside its subtests",
                                   node_failures_, node_failures_ == 1 ? "" : "s",
                                   bad_cases_ == 0 ? "none" : fmt::format("only {}", bad_cases_)));
        node_failures_ = bad_cases_ = bad_suites_ = 0;
    }

    void begin_suite(const sys::XmlAttributes& attributes) {
        Suite& suite = suites_.emplace_back();
        assign(suite.name, attributes.get("name"));
        assign(suite.file, attributes.get("file"));
        if (suite.file.empty() && suites_.size() > 1) suite.file = suites_[suites_.size() - 2].file;
        suite.declared_failures = declared_count(attributes.get("failures"));
        suite.declared_errors = declared_count(attributes.get("errors"));
    }

    void end_suite() {
        const Suite suite = std::move(suites_.back());
        suites_.pop_back();
        const auto declares = [&](std::uint64_t more) { // either number may be as large as fits
            return suite.declared_failures > more || suite.declared_errors > more - suite.declared_failures;
        };
        bool complained = suite.complained_below;
        // The innermost suite tells; those around it declare the same sum.
        if (declares(suite.retried_below) && !suite.bad_below && !complained) {
            complained = true;
            keep_first(evidence_.declared, evidence_.more_declared,
                       fmt::format("suite '{}' declares {} failure{} and {} error{}, but lists {}",
                                   one_line(suite.name), suite.declared_failures,
                                   suite.declared_failures == 1 ? "" : "s", suite.declared_errors,
                                   suite.declared_errors == 1 ? "" : "s",
                                   suite.retried_below == 0
                                       ? "none"
                                       : fmt::format("only {} of repeated attempts", suite.retried_below)));
        }
        if (suites_.empty()) return;
        bad_suites_ += suite.bad_below ? 1 : 0;
        Suite& around = suites_.back();
        around.bad_below |= suite.bad_below;
        around.retried_below += suite.retried_below;
        around.complained_below |= complained;
    }

    void begin_case(const sys::XmlAttributes& attributes) {
        in_case_ = true;
        clear_case();
        assign(case_.suite, attributes.get("classname"));
        assign(case_.name, attributes.get("name"));
        assign(case_.file, attributes.get("file"));
        case_.line = line_of(attributes.get("line"));
        const auto status = attributes.get("status"), result = attributes.get("result");
        case_.did_not_run = status == "notrun" && result.empty(); // googletest has both
        case_.skipped = is_one_of(status, {"disabled", "ignored", "skipped", "notrun"}) ||
                        is_one_of(result, {"skipped", "suppressed", "ignored", "disabled"});
        take_status(status);
        take_status(result);
        if (is_by_pytest() && case_.name.empty() && case_.suite.empty()) {
            case_.error = true;
            case_.message = "a test without a name, as pytest writes it when its run is interrupted";
        }
    }

    bool is_by_pytest() const { // older ones give the outer suite no name
        return !suites_.empty() &&
               (suites_.front().name.starts_with("pytest") || suites_.back().name.starts_with("pytest"));
    }

    // Some writers say it here and list no failure.
    void take_status(std::string_view written) {
        if (written.empty()) return;
        const auto word = lower(written.substr(0, Cases::longest_element));
        case_.failed |= is_one_of(word, {"fail", "failed", "failure"});
        case_.error |= is_one_of(word, {"error", "timeout", "timedout", "crashed", "aborted", "broken"});
    }

    // No writer puts a case or a failure deeper into a case; where one does, the outer case is not good either.
    Element nested(std::string_view name, const sys::XmlAttributes& attributes) {
        if (name == "testcase") {
            const bool before = case_.failed || case_.error;
            take_status(attributes.get("status"));
            take_status(attributes.get("result"));
            case_.nested_failure |= !before && (case_.failed || case_.error);
        }
        if (name != "failure" && name != "error") return Element::other;
        case_.nested_failure = true;
        failed(name, attributes);
        return Element::failure;
    }

    // A suite that crashed outside its cases counts as one more.
    void begin_crash(std::string_view name, const sys::XmlAttributes& attributes) {
        clear_case();
        if (!suites_.empty()) case_.suite = suites_.back().name;
        case_.name = "(the suite itself)";
        failed(name, attributes);
    }

    void clear_case() {
        for (auto* text : {&case_.suite, &case_.name, &case_.file, &case_.message, &case_.type, &case_.text})
            text->clear();
        case_.line = 0;
        case_.failed = case_.error = case_.skipped = case_.todo = case_.own_failure = case_.nested_failure = false;
        case_.did_not_run = case_.tells_by_output = case_.after_pass = false;
        case_.retried = 0;
    }

    Element case_child(std::string_view name, const sys::XmlAttributes& attributes) {
        if (name == "testcase") return nested(name, attributes);
        if (name == "failure" || name == "error") {
            const auto type = attributes.get("type");
            const bool is_risky = type.ends_with("RiskyTestError"); // PHPUnit's: nothing failed, nothing was asserted
            if (is_risky || type == "TodoTestSucceeded") {          // TAP::Formatter::JUnit's: prove lets it pass
                case_.skipped |= is_risky;
                if (!suites_.empty()) ++suites_.back().retried_below; // the suite declares it as an error
                return Element::other;
            }
            failed(name, attributes);
            return Element::failure;
        }
        if (name == "skipped" || name == "ignored" || name == "disabled") {
            const auto why = attributes.get("message");
            case_.skipped = true;
            // node:test and Catch2 write a failure that is accepted beside it.
            case_.todo |= attributes.get("type") == "todo" || why == "TEST_CASE tagged with !mayfail";
            if (case_.did_not_run && !is_reason_to_skip(why)) {
                case_.error = true;
                case_.message = why.substr(0, 64 * 1024);
            }
        } else if (name == "flakyFailure" || name == "flakyError")
            ++case_.retried;
        else if (name == "system-out" && case_.own_failure && case_.message.empty() && case_.type.empty() &&
                 trim(case_.text).empty()) {
            case_.text.clear();
            case_.tells_by_output = true; // CTest says nothing else
            return Element::output;
        }
        return Element::other;
    }

    void failed(std::string_view name, const sys::XmlAttributes& attributes) {
        (name == "error" ? case_.error : case_.failed) = true;
        case_.after_pass |= attributes.get("message").starts_with("failed on teardown");
        keeps_ = evidence_.failed_tests.size() < Evidence::kept && !case_.own_failure;
        if (!keeps_) return;
        case_.own_failure = true;
        case_.message = attributes.get("message").substr(0, 64 * 1024);
        assign(case_.type, attributes.get("type"));
    }

    void end_case() {
        in_case_ = false;
        tally_.tests().flaky += case_.retried > 0;
        if (!suites_.empty()) suites_.back().retried_below += case_.retried;
        const auto outcome = outcome_of_case();
        const bool has_suite = !case_.suite.empty() || suites_.empty();
        const auto id = tally_.add(outcome, {has_suite ? std::string_view(case_.suite) : suites_.back().name,
                                             case_.name, case_.file, is_by_pytest() && !case_.after_pass});
        if (outcome == Outcome::passed || outcome == Outcome::skipped) return;
        ++bad_cases_;
        if (!suites_.empty()) suites_.back().bad_below = true;
        if (evidence_.failed_tests.size() < Evidence::kept) keep(id);
    }

    Outcome outcome_of_case() const {
        if (case_.todo && !case_.nested_failure) return Outcome::skipped;
        if (case_.error) return Outcome::error;
        if (case_.failed) return Outcome::failed;
        return case_.skipped ? Outcome::skipped : Outcome::passed;
    }

    // PHPUnit begins with the test's name: "ATest::testPay".
    std::string_view without_name(std::string_view text) const {
        const auto first = trim(text).substr(0, trim(text).find('\n'));
        const auto name = "::" + case_.name.substr(0, case_.name.find(' '));
        const auto end = text.find(first) + first.size();
        return first.find(name) != first.npos && end < text.size() ? text.substr(end) : text;
    }

    void keep(std::uint64_t id) {
        if (case_.tells_by_output) case_.text = from_complaint(case_.text);
        if (case_.message.empty() && trim(case_.text).empty()) case_.message = case_.type; // nextest's "test timeout"
        FailedTest& test = evidence_.failed_tests.emplace_back();
        test.id = id;
        if (case_.suite.empty() && !suites_.empty()) case_.suite = suites_.back().name;
        if (case_.file.empty() && !suites_.empty()) case_.file = suites_.back().file;
        test.suite = one_line(case_.suite);
        test.name = one_line(case_.name);
        test.error = case_.error;
        test.message = one_line(says_nothing(case_.message) ? first_line(without_name(case_.text)) : case_.message);
        test.text = case_.message + '\n' + case_.text;
        test.file = case_.file;
        test.line = case_.line;
        if (!test.file.empty() || !says_nothing(case_.message)) return;
        take_go_place(test); // go-junit-report and gotestsum
        if (!names_no_folder(test)) return;
        if (!go_paths_) go_paths_.emplace(tree_);
        go_paths_->find_in_package(test);
    }

    const SourceTree& tree_;
    Evidence& evidence_;
    TestTally tally_;
    std::vector<Element> open_;
    std::vector<Suite> suites_;
    Case case_;
    bool in_case_ = false;
    bool keeps_ = false;                                               // the text of the open failure
    std::uint64_t node_failures_ = 0, bad_cases_ = 0, bad_suites_ = 0; // of one document
    std::optional<GoPaths> go_paths_;
};

}

Result<void> read_junit(const Source& source, const SourceTree& tree, Evidence& evidence) {
    JunitHandler handler(tree, evidence);
    return source.xml(handler);
}

}
