#pragma once
#include "base/time.h"
#include <chrono>

namespace fairlead::sys {

// Time comes in by reference, so that tests can turn it. Deadlines use steady(), records use now().
class Clock {
  public:
    using Steady = std::chrono::steady_clock::time_point;
    virtual ~Clock() = default;
    virtual SystemTime now() = 0; // SOURCE_DATE_EPOCH is the caller's matter
    virtual Steady steady() = 0;
    // Sleeps at most `duration`; false when a signal asked us to stop (sys/signals.h).
    virtual bool sleep(Milliseconds duration) = 0;
    virtual void rest(Milliseconds duration); // sleeps it all, whatever was asked: for the way back after a stop
};

// In test builds (FAIRLEAD_FAULTS) its now() obeys FAIRLEAD_CLOCK: `+90` is 90 seconds ahead, `1700000000` stands still
// at that second of Unix time. So nobody sleeps until a second is over.
Clock& real_clock();

// Since the machine started, its sleep included; no clock that somebody sets changes it (CLOCK_BOOTTIME).
Milliseconds boot_time();

}
