#include "sys/clock.h"
#include "support/catch.h"
#include "sys/signals.h"
#include <csignal>
#include <cstdlib>
#include <thread>

using namespace fairlead;
using namespace fairlead::sys;
using std::chrono::steady_clock;

TEST_CASE("a sleep lasts as long as it says, and not much longer") {
    const auto begin = steady_clock::now();
    CHECK(real_clock().sleep(Milliseconds{60}));
    const auto took = steady_clock::now() - begin;
    CHECK(took >= Milliseconds{60});
    CHECK(took < Milliseconds{3000});
    CHECK(real_clock().sleep(Milliseconds{0}));
}

TEST_CASE("the real clock tells today's time") {
    const auto difference = std::chrono::system_clock::now() - real_clock().now();
    CHECK(difference < std::chrono::seconds{5});
    CHECK(difference > std::chrono::seconds{-5});
}

#ifdef FAIRLEAD_FAULTS
TEST_CASE("a test sets the clock ahead, or lets it stand still") {
    const auto after = [](const char* wish) {
        ::setenv("FAIRLEAD_CLOCK", wish, 1);
        const auto found = real_clock().now();
        ::unsetenv("FAIRLEAD_CLOCK");
        return found;
    };
    const auto now = real_clock().now();
    const std::chrono::seconds ahead = std::chrono::floor<std::chrono::seconds>(after("+1000") - now);
    CHECK(ahead >= std::chrono::seconds{1000});
    CHECK(ahead < std::chrono::seconds{1005});
    CHECK(after("1700000000") == SystemTime{std::chrono::seconds{1'700'000'000}});
    CHECK(after("") >= now);
    CHECK(after("") < now + std::chrono::seconds{5});
}
#endif

TEST_CASE("a signal ends a long sleep at once") {
    catch_signals();
    const auto begin = steady_clock::now();
    {
        std::jthread killer([] {
            std::this_thread::sleep_for(Milliseconds{50});
            ::kill(::getpid(), SIGTERM);
        });
        CHECK_FALSE(real_clock().sleep(Milliseconds{30'000}));
    }
    CHECK(steady_clock::now() - begin < Milliseconds{5000});
    CHECK_FALSE(real_clock().sleep(Milliseconds{30'000})); // and there is no falling asleep again
    reset_stop_request();
    CHECK(real_clock().sleep(Milliseconds{1}));
}
