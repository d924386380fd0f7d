#pragma once
#include "ledger/ledger.h"
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// Carries out each step of an act, forward or on the way back: announces it, does it, and reports the result.
namespace fairlead::ledger {

struct Announced {
    std::string name;  // "stop": for the log and the fault points "stop" and "stop+"
    std::string where; // "slot a"; empty: no particular place
    std::string line;  // for the journal
    bool undo = false; // on the way back: the step is done even if it can't be announced, for example on a full disk
    // The announcement isn't flushed to disk first, because each millisecond costs requests. If a power loss destroys
    // it, the real state shows whether the step was done.
    bool urgent = false;
};

struct StepTime {
    std::string name;
    std::int64_t milliseconds = 0;
};

class Steps {
  public:
    Steps(const Ledger& ledger, sys::Clock& clock, Progress& progress)
        : ledger_(ledger), clock_(clock), progress_(progress) {}
    // Writes the announcement into the journal of `id`, does the step, reports its result and adds its time to `times`.
    // The machine may fail at any point in between: the journal names each step that may have begun.
    Result<void> take(const std::string& id, const Announced& announced, std::vector<StepTime>& times,
                      const std::function<Result<void>()>& act) const;

  private:
    const Ledger& ledger_;
    sys::Clock& clock_;
    Progress& progress_;
};

}
