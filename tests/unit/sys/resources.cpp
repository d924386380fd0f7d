#include "sys/resources.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("this machine has memory and processors") {
    CHECK(sys::memory_bytes() > (16u << 20));
    CHECK(sys::processors() > 0);
    CHECK(sys::processors() < 100'000);
}

TEST_CASE("the kernel says whether somebody keeps the clock") {
    const auto kept = sys::clock_is_synchronised();
    CHECK((kept.ok() || !kept.error().message.empty()));
}
