#include "sys/files/exchange.h"
#include "support/catch.h"
#include "sys/files/files.h"

using namespace fairlead;
using namespace fairlead::sys;

TEST_CASE("two paths change places, and neither does where one is not there") {
    const auto folder = TemporaryFolder::make("exchange ").value();
    const auto one = folder.path() / "one", other = folder.path() / "in/other";
    REQUIRE(make_folders(folder.path() / "in").ok());
    REQUIRE(write_file(one, "1").ok());
    REQUIRE(write_file(other, "2").ok());
    const auto changed = exchange_paths(one, other);
    REQUIRE(changed.ok());
    if (changed.value() == Exchanged::unknown) return; // a file system that can't
    CHECK(read_file(one).value() == "2");
    CHECK(read_file(other).value() == "1");
    CHECK(exchange_paths(one, folder.path() / "none").value() == Exchanged::absent);
    CHECK_FALSE(exchange_paths(folder.path() / "none", one).ok());
    CHECK(read_file(one).value() == "2");
}
