#include "sys/digest.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/signals.h"
#include <csignal>
#include <set>

using namespace fairlead::sys;

TEST_CASE("SHA-256 gives the digests of FIPS 180-2") {
    CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256(std::string(1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a file has the digest of its bytes, whatever its size") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    for (const std::size_t size : {0u, 1u, 65'535u, 65'536u, 65'537u, 1'000'000u}) {
        const std::string bytes(size, 'a');
        REQUIRE(write_file(folder.path() / "x", bytes).ok());
        CHECK(sha256_file(folder.path() / "x").value() == sha256(bytes));
    }
}

TEST_CASE("a file that can't be read has no digest but a reason") {
    const auto absent = sha256_file("/no/such/file");
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().message == "'/no/such/file' can't be read: No such file or directory");
    CHECK_FALSE(sha256_file("/").ok());
}

TEST_CASE("a signal ends the look at a file, however large it is") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    REQUIRE(write_file(folder.path() / "x", "bytes").ok());
    catch_signals();
    std::raise(SIGTERM);
    const auto cut = sha256_file(folder.path() / "x");
    reset_stop_request();
    REQUIRE_FALSE(cut.ok());
    CHECK((cut.error().kind == fairlead::Kind::could_not && cut.error().message.find("interrupted") == 0));
}

TEST_CASE("random bytes are of the length asked for and don't come twice") {
    std::set<std::string> seen;
    for (int round = 0; round < 1000; ++round) seen.insert(random_hex(16));
    CHECK(seen.size() == 1000);
    CHECK(seen.begin()->size() == 32);
    CHECK(seen.begin()->find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(random_hex(0).empty());
    CHECK(random_hex(1000).size() == 2000);
}

TEST_CASE("gzip is told by its first two bytes") {
    CHECK(is_gzip("\x1f\x8b\x08"));
    CHECK_FALSE(is_gzip("\x1f"));
    CHECK_FALSE(is_gzip("<xml>"));
    CHECK_FALSE(is_gzip(""));
}
