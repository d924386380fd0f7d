#pragma once
#include "base/words.h"
#include "gate/evidence.h"
#include "gate/formats/numbers.h"
#include "gate/formats/tally.h"
#include <string>
#include <string_view>
#include <vector>

// Shared by the readers of test reports: counts cases, and keeps the first failures.
namespace fairlead::gate {

class Cases {
  public:
    static constexpr std::size_t longest_text = 64 * 1024; // of a failure
    static constexpr std::size_t longest_name = 4096;
    static constexpr std::size_t longest_element = 64; // of an element's name that a reader compares

    explicit Cases(Evidence& evidence) : evidence_(evidence), tally_(evidence) {}

    // Counts a case. Keeps `test` if it is among the first failures. Its names become one line each; without a message,
    // the first line of its text is the message.
    void add(Outcome outcome, FailedTest test);
    void add_good(Outcome outcome, const TestName& test) { tally_.add(outcome, test); } // without a copy of the names
    void add_errors(std::uint64_t more) { tally_.tests().errors += more; }
    void add_flaky() { ++tally_.tests().flaky; }
    // Begins a suite. If it says that it failed, but none of its cases did, the report doesn't pass.
    void begin_suite(std::string_view name, bool says_failed);
    void end_suite();
    // Adds a sentence about something besides cases that makes the report fail.
    void declare(std::string text) { keep_first(evidence_.declared, evidence_.more_declared, std::move(text)); }

    const Tests& tests() const { return tally_.tests(); }
    bool any_bad() const { return tests().failed + tests().errors > 0; }

  private:
    struct Suite {
        std::string name;
        bool says_failed = false, bad_below = false, complained_below = false;
    };
    Evidence& evidence_;
    TestTally tally_;
    std::vector<Suite> suites_;
};

// Appends what fits into Cases::longest_text.
void append_text(std::string& kept, std::string_view part);
// The place of the first frame of a .NET stack that has one: "at A.B() in C:\src\a.cs:line 42".
void take_dotnet_place(std::string_view stack, FailedTest& test);

}
