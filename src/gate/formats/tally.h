#pragma once
#include "gate/evidence.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fairlead::gate {

enum class Outcome { passed, skipped, failed, error };

struct TestName {
    std::string_view suite, name, file = {};
    bool lists_attempts = false; // pytest-rerunfailures' attempts that failed look like tests that passed
};

// Counts the results of a report's tests. Only if the policy asks for tests by name does it look at the names.
class TestTally {
  public:
    explicit TestTally(Evidence& evidence) : evidence_(evidence), tests_(evidence.tests.emplace()) {}

    // Returns what FailedTest::id is then. A former result of the same test is taken back if only the last counts.
    std::uint64_t add(Outcome outcome, const TestName& test);
    Tests& tests() { return tests_; }
    const Tests& tests() const { return tests_; }

  private:
    struct Known {
        Outcome last = Outcome::passed;
        bool was_bad = false, was_good = false;
        bool is_flaky() const { return was_bad && was_good; }
    };
    std::uint64_t id_of(const TestName& test);
    void take_back(const Known& known, std::uint64_t id);
    void note_run(const TestName& test);

    Evidence& evidence_;
    Tests& tests_;
    std::unordered_map<std::uint64_t, Known> known_; // all, or with `lists_attempts` the one before
    std::string joined_;                             // reused
};

}
