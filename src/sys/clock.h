#pragma once
#include "base/time.h"
#include <chrono>

namespace fairlead::sys {

// A clock is passed by reference, so that tests can set the time. Deadlines use steady(), records use now().
class Clock {
  public:
    using Steady = std::chrono::steady_clock::time_point;
    virtual ~Clock() = default;
    virtual SystemTime now() = 0; // ignores SOURCE_DATE_EPOCH, which is left to the caller
    virtual Steady steady() = 0;
    // Sleeps at most `duration`; returns false if a signal asked us to stop (sys/signals.h).
    virtual bool sleep(Milliseconds duration) = 0;
    // sleeps the whole `duration` even after a stop request: for cleaning up after a stop
    virtual void rest(Milliseconds duration);
};

// In test builds (FAIRLEAD_FAULTS), now() of this clock obeys FAIRLEAD_CLOCK, so that tests need not sleep: `+90` is 90
// seconds ahead, `1700000000` stops the clock at that second of Unix time.
Clock& real_clock();

// Returns the time since the machine started, including sleep. Setting a clock doesn't change it (CLOCK_BOOTTIME).
Milliseconds boot_time();

}
