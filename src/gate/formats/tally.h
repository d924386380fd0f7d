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
    bool lists_attempts = false; // failed attempts of pytest-rerunfailures look like passed tests
};

// Counts the results of a report's tests. Looks at their names only if the policy has rules about tests by name.
class TestTally {
  public:
    explicit TestTally(Evidence& evidence) : evidence_(evidence), tests_(evidence.tests.emplace()) {}

    // Returns the value for FailedTest::id. If only the last result of a test counts, removes its earlier result.
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
