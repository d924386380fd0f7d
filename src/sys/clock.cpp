#include "sys/clock.h"
#include "sys/signals.h"
#include <algorithm>
#include <ctime>
#include <poll.h>
#include <thread>

namespace fairlead::sys {
namespace {

class RealClock : public Clock {
  public:
    SystemTime now() override { return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now()); }
    Steady steady() override { return std::chrono::steady_clock::now(); }
    bool sleep(Milliseconds duration) override {
        const Steady end = steady() + duration;
        while (!stop_requested()) {
            const auto left = std::chrono::ceil<Milliseconds>(end - steady());
            if (left.count() <= 0) return true;
            pollfd stop{stop_descriptor(), POLLIN, 0}; // poll(2) passes over a negative descriptor
            ::poll(&stop, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
        }
        return false;
    }
};

}

void Clock::rest(Milliseconds duration) { std::this_thread::sleep_for(duration); }

Clock& real_clock() {
    static RealClock clock;
    return clock;
}

Milliseconds boot_time() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    constexpr long per_millisecond = 1'000'000;
    return Milliseconds{now.tv_sec * 1000 + now.tv_nsec / per_millisecond};
}

}
