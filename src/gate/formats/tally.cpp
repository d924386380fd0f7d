#include "gate/formats/tally.h"
#include "base/text.h"
#include <functional>

namespace fairlead::gate {

namespace {

bool is_bad(Outcome outcome) { return outcome == Outcome::failed || outcome == Outcome::error; }

std::uint64_t& count_with(Tests& tests, Outcome outcome) {
    switch (outcome) {
    case Outcome::passed: return tests.passed;
    case Outcome::skipped: return tests.skipped;
    case Outcome::failed: return tests.failed;
    case Outcome::error: break;
    }
    return tests.errors;
}

}

std::uint64_t TestTally::add(Outcome outcome, const TestName& test) {
    ++count_with(tests_, outcome);
    if (!evidence_.named.must_run.empty() && outcome != Outcome::skipped) note_run(test);
    const bool all = evidence_.named.last_counts;
    if (!all && !test.lists_attempts) return 0;
    const auto id = id_of(test);
    if (!all && !known_.contains(id)) known_.clear();
    const auto [at, is_new] = known_.try_emplace(id);
    Known& known = at->second;
    const bool was_attempt = test.lists_attempts && !is_new && known.last == Outcome::passed;
    if (was_attempt || (all && !is_new)) take_back(known, id);
    tests_.flaky -= known.is_flaky();
    if (was_attempt) known = {.was_bad = true};
    known.last = outcome;
    known.was_bad |= all && is_bad(outcome);
    known.was_good |= outcome == Outcome::passed;
    tests_.flaky += known.is_flaky();
    return all ? id : 0;
}

std::uint64_t TestTally::id_of(const TestName& test) {
    joined_.assign(test.suite).append(1, '\0').append(test.name).append(1, '\0').append(test.file);
    return std::hash<std::string_view>()(joined_) | 1; // 0: not asked
}

void TestTally::take_back(const Known& known, std::uint64_t id) {
    --count_with(tests_, known.last);
    if (is_bad(known.last)) std::erase_if(evidence_.failed_tests, [&](const auto& one) { return one.id == id; });
}

void TestTally::note_run(const TestName& test) {
    joined_.assign(test.suite).append(test.suite.empty() ? "" : ".").append(test.name);
    const auto& globs = evidence_.named.must_run;
    evidence_.ran.resize(globs.size());
    for (std::size_t i = 0; i < globs.size(); ++i)
        evidence_.ran[i] = evidence_.ran[i] || name_matches(globs[i], joined_);
}

}
