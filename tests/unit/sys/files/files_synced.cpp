// The order of syncs and renames, and disks that are full or fail: a power cut can't be played, what protects from it
// can.
#include "support/brittle_disk.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/supervise.h"
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;
using fairlead::test::BrittleDisk;

namespace {

std::function<void()> before_flock;

// The syncs and renames of an act, in their order.
std::vector<std::string> calls_of(const Path& folder, const std::function<void()>& act) {
    const BrittleDisk disk(folder);
    act();
    return disk.order;
}

using Seen = std::vector<std::string>;

// A folder of the name "folder", so that the calls can be told.
struct Scratch {
    TemporaryFolder above = TemporaryFolder::make("fairlead-test").value();
    Path folder = above.path() / "folder";
    Scratch() { make_folders(folder).value(); }
};

}

extern "C" int flock(int descriptor, int operation) noexcept {
    if (const auto act = std::exchange(before_flock, nullptr)) act();
    return static_cast<int>(::syscall(SYS_flock, descriptor, operation));
}

TEST_CASE_METHOD(Scratch, "a file is synced before it takes its name, and its folder after that") {
    const Seen wanted{"fsync temporary", "rename to x", "fsync folder"};
    CHECK(calls_of(folder, [&] { REQUIRE(write_file(folder / "x", "1").ok()); }) == wanted);
    CHECK(calls_of(folder, [&] { REQUIRE(write_file(folder / "x", "2").ok()); }) == wanted);
    CHECK(calls_of(folder, [&] { REQUIRE(write_file(folder / "x", "3", 0644, Sync::no).ok()); }) ==
          Seen{"rename to x"});
}

TEST_CASE_METHOD(Scratch, "a line is synced, and the folder with the first one") {
    const auto add = [&] { REQUIRE(append_file(folder / "log", "line\n").ok()); };
    CHECK(calls_of(folder, add) == Seen{"fdatasync log", "fsync folder"});
    CHECK(calls_of(folder, add) == Seen{"fdatasync log"});
    CHECK(calls_of(folder, [&] { REQUIRE(append_file(folder / "log", "x\n", 0644, Sync::no).ok()); }).empty());
}

TEST_CASE_METHOD(Scratch, "the folder around whatever was made, linked or moved is synced") {
    CHECK(calls_of(folder, [&] { REQUIRE(make_folders(folder / "a/b").ok()); }) == Seen{"fsync folder", "fsync a"});
    CHECK(calls_of(folder, [&] { REQUIRE(replace_symlink("a", folder / "link").ok()); }) ==
          Seen{"rename to link", "fsync folder"});
    CHECK(calls_of(folder, [&] { REQUIRE(rename_path(folder / "link", folder / "other").ok()); }) ==
          Seen{"rename to other", "fsync folder"});
    CHECK(calls_of(folder, [&] { REQUIRE(rename_path(folder / "other", folder / "a/b/c").ok()); }) ==
          Seen{"rename to c", "fsync b", "fsync folder"});
}

TEST_CASE_METHOD(Scratch, "what could not be synced was not written") {
    write_file(folder / "x", "old").value();
    write_file(folder / "log", "old\n").value();
    std::optional<BrittleDisk> disk(std::in_place, folder);
    disk->fail_from(0, BrittleDisk::Fault::unsynced);
    const auto replaced = write_file(folder / "x", "new");
    const auto added = append_file(folder / "log", "new\n");
    const auto made = make_folders(folder / "a");
    disk.reset();
    REQUIRE_FALSE(replaced.ok());
    CHECK(replaced.error().message.find("can't be synced") != std::string::npos);
    CHECK(read_file(folder / "x").value() == "old");
    CHECK(list_folder(folder).value() == Seen{"a", "log", "x"}); // no temporary
    CHECK_FALSE(added.ok());
    CHECK_FALSE(made.ok());
}

TEST_CASE_METHOD(Scratch, "of what a full disk takes only half of nothing counts as written") {
    write_file(folder / "log", "12345\n").value();
    write_file(folder / "x", "old").value();
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 8, .rlim_max = before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto added = append_file(folder / "log", "6789\n");
    const auto replaced = write_file(folder / "x", "123456789");
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, handler);
    REQUIRE_FALSE(added.ok());
    CHECK(added.error().message.find("only 2 of 5 bytes were written") != std::string::npos);
    REQUIRE_FALSE(replaced.ok());
    CHECK(read_file(folder / "x").value() == "old");
    CHECK(list_folder(folder).value() == Seen{"log", "x"});
}

TEST_CASE_METHOD(Scratch, "a lock whose file goes while it is taken is taken anew, at the file that is there") {
    const auto path = folder / "lock";
    for (const bool again : {false, true}) {
        before_flock = [&] {
            std::filesystem::remove(path);
            if (again) write_file(path, "").value();
        };
        const auto lock = Lock::take(path, "us", Milliseconds{0});
        REQUIRE(lock.ok());
        CHECK(is_locked(path));
    }
    CHECK_FALSE(is_locked(path));
}

TEST_CASE_METHOD(Scratch, "a link in the place of a lock is not followed") {
    replace_symlink("elsewhere", folder / "lock").value();
    CHECK_FALSE(Lock::take(folder / "lock", "us", Milliseconds{0}).ok());
    CHECK(inspect(folder / "elsewhere").type == FileType::absent);
}
