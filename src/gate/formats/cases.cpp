#include "gate/formats/cases.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace fairlead::gate {

namespace {

std::string_view headline(std::string_view text) {
    text = trim(text);
    return text.substr(0, text.find('\n'));
}

}

void Cases::add(Outcome outcome, FailedTest test) {
    if (test.suite.empty() && !suites_.empty()) test.suite = suites_.back().name;
    test.id = tally_.add(outcome, {test.suite, test.name}); // many readers know the file of a failure only
    if (outcome == Outcome::passed || outcome == Outcome::skipped) return;
    if (!suites_.empty()) suites_.back().bad_below = true;
    if (evidence_.failed_tests.size() >= Evidence::kept) return;
    test.error = outcome == Outcome::error;
    test.line = std::max(test.line, 0); // "a.go:-1"
    test.suite = one_line(test.suite);
    test.name = one_line(test.name);
    test.text = test.message.empty() ? test.text : test.message + '\n' + test.text;
    test.message = one_line(headline(test.message.empty() ? test.text : test.message));
    evidence_.failed_tests.push_back(std::move(test));
}

void Cases::begin_suite(std::string_view name, bool says_failed) {
    suites_.push_back({std::string(name.substr(0, longest_name)), says_failed});
}

void Cases::end_suite() {
    if (suites_.empty()) return;
    const Suite suite = std::move(suites_.back());
    suites_.pop_back();
    bool complained = suite.complained_below;
    // The innermost suite tells: those around it say the same.
    if (suite.says_failed && !suite.bad_below && !complained) {
        complained = true;
        declare(fmt::format("suite '{}' says that it failed, but lists no test that did", one_line(suite.name)));
    }
    if (suites_.empty()) return;
    suites_.back().bad_below |= suite.bad_below;
    suites_.back().complained_below |= complained;
}

void append_text(std::string& kept, std::string_view part) {
    if (kept.size() < Cases::longest_text) kept += part.substr(0, Cases::longest_text - kept.size());
}

void take_dotnet_place(std::string_view stack, FailedTest& test) {
    constexpr std::string_view mark = ":line ";
    for (auto at = stack.find(mark); at != stack.npos; at = stack.find(mark, at + 1)) {
        const auto begin = stack.rfind(" in ", at);
        const auto number = stack.substr(at + mark.size());
        int line = 0;
        if (begin == stack.npos ||
            std::from_chars(number.data(), number.data() + number.size(), line).ec != std::errc())
            continue;
        const auto file = stack.substr(begin + 4, at - begin - 4);
        if (file.empty() || file.find('\n') != file.npos) continue;
        test.file = file.substr(0, Cases::longest_name);
        test.line = line;
        return;
    }
}

}
