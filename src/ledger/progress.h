#pragma once
#include "base/time.h"
#include "sys/clock.h"
#include <string_view>

namespace fairlead::ledger {

// Logs one line per step, with the time since the start, and a sign of life in long waits.
class Progress {
  public:
    explicit Progress(sys::Clock& clock) : clock_(clock), start_(clock.steady()), last_(start_) {}
    void say(std::string_view message);
    void warn(std::string_view message);
    void still(std::string_view message); // logged only if nothing was logged for 15 s
    Milliseconds elapsed() const;

  private:
    sys::Clock& clock_;
    sys::Clock::Steady start_, last_;
};

}
