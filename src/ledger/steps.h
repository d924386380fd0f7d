#pragma once
#include "ledger/ledger.h"
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// Announce, act, tell: how each step of an act is done, on its way and on its way back.
namespace fairlead::ledger {

struct Announced {
    std::string name;  // "stop": of the log and of the fault points "stop" and "stop+"
    std::string where; // "slot a"; empty: nowhere in particular
    std::string line;  // of the journal
    bool undo = false; // of the way back: it is gone even when it can't be announced, on a full disk say
    // Each millisecond costs requests, and after a power loss what is true says as much: the disk isn't waited for.
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
    // Writes the announcement into the journal of `id`, does the step, says how it went and adds its time to `times`.
    // The machine may die between any two of these: the journal names what may have been begun.
    Result<void> take(const std::string& id, const Announced& announced, std::vector<StepTime>& times,
                      const std::function<Result<void>()>& act) const;

  private:
    const Ledger& ledger_;
    sys::Clock& clock_;
    Progress& progress_;
};

}
