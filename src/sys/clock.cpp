#include "sys/clock.h"
#include "sys/signals.h"
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <poll.h>
#include <thread>

namespace fairlead::sys {
namespace {

#ifdef FAIRLEAD_FAULTS
SystemTime wished(SystemTime real) {
    const char* wish = std::getenv("FAIRLEAD_CLOCK");
    if (wish == nullptr || *wish == '\0') return real;
    const std::chrono::seconds told{std::atoll(wish)};
    return *wish == '+' ? real + told : SystemTime{told};
}
#else
SystemTime wished(SystemTime real) { return real; }
#endif

class RealClock : public Clock {
  public:
    SystemTime now() override {
        return wished(std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now()));
    }
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
