#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include <chrono>
#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

// Another process that takes the lock, says so, and holds it until it is killed.
class Holder {
  public:
    explicit Holder(const Path& path) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            const auto lock = Lock::take(path, "fairlead-deploy of shop, pid 4711", Milliseconds{0});
            [[maybe_unused]] const ssize_t said = ::write(ends[1], lock.ok() ? "y" : "n", 1);
            while (true) ::pause();
        }
        char answer = 0;
        REQUIRE(::read(ends[0], &answer, 1) == 1);
        REQUIRE(answer == 'y');
        ::close(ends[0]);
        ::close(ends[1]);
    }
    ~Holder() { kill(); }
    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

  private:
    pid_t pid_ = 0;
};

}

TEST_CASE("a lock that another process holds is refused with what its holder wrote") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const Holder holder(folder.path() / "lock");
    const auto lock = Lock::take(folder.path() / "lock", "us", Milliseconds{0});
    REQUIRE_FALSE(lock.ok());
    CHECK(lock.error().kind == Kind::could_not);
    CHECK(lock.error().message.find("held by fairlead-deploy of shop, pid 4711") != std::string::npos);
}

TEST_CASE("a holder that is killed leaves nothing to unlock by hand") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    Holder holder(folder.path() / "lock");
    holder.kill();
    CHECK(Lock::take(folder.path() / "lock", "us", Milliseconds{0}).ok());
}

TEST_CASE("one who waits gets the lock as soon as its holder dies") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    Holder holder(folder.path() / "lock");
    std::jthread killer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
        holder.kill();
    });
    const auto begin = std::chrono::steady_clock::now();
    const auto lock = Lock::take(folder.path() / "lock", "us", Milliseconds{10'000});
    CHECK(lock.ok());
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
}

TEST_CASE("waiting for a lock ends at its time") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const Holder holder(folder.path() / "lock");
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(Lock::take(folder.path() / "lock", "us", Milliseconds{150}).ok());
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took >= std::chrono::milliseconds{150});
    CHECK(took < std::chrono::seconds{5});
}

TEST_CASE("a signal ends the wait for a lock") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const Holder holder(folder.path() / "lock");
    catch_signals();
    ::raise(SIGTERM);
    const auto begin = std::chrono::steady_clock::now();
    const auto lock = Lock::take(folder.path() / "lock", "us", Milliseconds{8'000});
    reset_stop_request();
    REQUIRE_FALSE(lock.ok());
    CHECK(lock.error().kind == Kind::could_not);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{4});
}

TEST_CASE("a lock is free again when its owner goes out of scope, and its note is gone") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const Path path = folder.path() / "lock";
    {
        auto lock = Lock::take(path, "first", Milliseconds{0});
        REQUIRE(lock.ok());
        CHECK(read_file(path).value() == "first");
        CHECK_FALSE(Lock::take(path, "second", Milliseconds{0}).ok()); // also within one process
    }
    CHECK(read_file(path).value().empty());
    CHECK(Lock::take(path, "third", Milliseconds{0}).ok());
}

TEST_CASE("a child that we start doesn't keep our lock") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const Path path = folder.path() / "lock";
    {
        const auto lock = Lock::take(path, "us", Milliseconds{0});
        REQUIRE(lock.ok());
        REQUIRE(run({.argv = {"sh", "-c", "exec >/dev/null 2>&1; sleep 3 &"}}).ok());
    }
    CHECK(Lock::take(path, "us again", Milliseconds{0}).ok());
}

TEST_CASE("a lock in a folder that is not there names its path") {
    const auto lock = Lock::take("/no/such/folder/lock", "us", Milliseconds{0});
    REQUIRE_FALSE(lock.ok());
    CHECK(lock.error().message == "'/no/such/folder/lock' can't be opened as a lock: No such file or directory");
}

TEST_CASE("a lock that has another name, too, is held, and neither read nor written") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const Path other = folder.path() / "other", path = folder.path() / "lock";
    REQUIRE(write_file(other, "content of another file\n").ok());
    std::filesystem::create_hard_link(other, path);
    {
        const Holder holder(path);
        const auto second = Lock::take(path, "us", Milliseconds{0});
        REQUIRE_FALSE(second.ok());
        CHECK(second.error().message.find("held by another process;") != std::string::npos);
    }
    CHECK(Lock::take(path, "us", Milliseconds{0}).ok());
    CHECK(read_file(other).value() == "content of another file\n");
}

TEST_CASE("a lock that is a link or no regular file is refused by name") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const Path path = folder.path() / "lock";
    std::filesystem::create_symlink("other", path);
    const auto link = Lock::take(path, "us", Milliseconds{0});
    REQUIRE_FALSE(link.ok());
    CHECK(link.error().message == "lock '" + path.string() + "' is a link; move it elsewhere");
    CHECK(inspect(folder.path() / "other").type == FileType::absent);
    std::filesystem::remove(path);
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const auto pipe = Lock::take(path, "us", Milliseconds{0});
    REQUIRE_FALSE(pipe.ok());
    CHECK(pipe.error().message.find("is not a regular file") != std::string::npos);
}
