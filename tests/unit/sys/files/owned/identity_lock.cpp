#include "sys/files/owned/identity_lock.h"
#include "support/catch.h"
#include <filesystem>
#include <thread>

using namespace fairlead;
using namespace fairlead::sys;

TEST_CASE("a file is held by one, by each of its names, and by its process's number it says so") {
    const auto folder = TemporaryFolder::make("identity").value();
    const auto file = folder.path() / "a", hard = folder.path() / "b", soft = folder.path() / "c";
    REQUIRE(write_file(file, "").ok());
    std::filesystem::create_hard_link(file, hard);
    REQUIRE(replace_symlink(file, soft).ok());
    {
        const auto held = IdentityLock::take(file, "test", Milliseconds{0});
        REQUIRE(held.ok());
        for (const auto& name : {file, hard, soft}) {
            const auto second = IdentityLock::take(name, "test", Milliseconds{0});
            REQUIRE_FALSE(second.ok());
            CHECK(second.error().kind == Kind::could_not);
            CHECK(second.error().message.find(" is held by pid ") != std::string::npos);
        }
        CHECK(IdentityLock::take(hard, "another purpose", Milliseconds{0}).ok());
    }
    CHECK(IdentityLock::take(hard, "test", Milliseconds{0}).ok());
}

TEST_CASE("another file isn't held, and one that is absent is nobody's") {
    const auto folder = TemporaryFolder::make("identity").value();
    for (const char* name : {"a", "b"}) REQUIRE(write_file(folder.path() / name, "").ok());
    const auto held = IdentityLock::take(folder.path() / "a", "test", Milliseconds{0});
    REQUIRE(held.ok());
    CHECK(IdentityLock::take(folder.path() / "b", "test", Milliseconds{0}).ok());
    const auto first = IdentityLock::take(folder.path() / "none", "test", Milliseconds{0});
    CHECK(first.ok());
    CHECK(IdentityLock::take(folder.path() / "none", "test", Milliseconds{0}).ok());
}

TEST_CASE("who waits gets it when its holder is done") {
    const auto folder = TemporaryFolder::make("identity").value();
    REQUIRE(write_file(folder.path() / "a", "").ok());
    auto held =
        std::make_unique<Result<IdentityLock>>(IdentityLock::take(folder.path() / "a", "test", Milliseconds{0}));
    REQUIRE(held->ok());
    std::thread ends([&] {
        std::this_thread::sleep_for(Milliseconds{100});
        held.reset();
    });
    CHECK(IdentityLock::take(folder.path() / "a", "test", std::chrono::seconds{10}).ok());
    ends.join();
}
