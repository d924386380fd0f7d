#include "support/catch.h"
#include "sys/files/files.h"
#include <string>
#include <thread>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

TEST_CASE("what is written to a pipe arrives whole, however little of it fits at once") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    std::string arrived;
    std::thread reader([&] {
        char piece[1000];
        for (ssize_t got = 0; (got = ::read(ends[0], piece, sizeof piece)) > 0;)
            arrived.append(piece, static_cast<std::size_t>(got));
    });
    std::string text;
    while (text.size() < 300'000) text += std::to_string(text.size()) + "\n";
    const bool written = write_stream(ends[1], text).ok();
    ::close(ends[1]);
    reader.join();
    ::close(ends[0]);
    CHECK(written);
    CHECK(arrived.size() == text.size());
    CHECK(arrived == text);
}
