#include "sys/clock.h"
#include "support/catch.h"
#include "sys/signals.h"
#include <csignal>
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
