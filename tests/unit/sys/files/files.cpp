#include "sys/files/files.h"
#include "support/catch.h"
#include "unit/sys/unprivileged.h"
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

TemporaryFolder scratch() { return TemporaryFolder::make("fairlead-test").value(); }

void put(const Path& path, std::string_view bytes) {
    REQUIRE(make_folders(path.parent_path()).ok());
    REQUIRE(write_file(path, bytes).ok());
}

bool says(const Error& error, const Path& path, const std::string& words) {
    return error.message.find("'" + path.string() + "'") != std::string::npos &&
           error.message.find(words) != std::string::npos;
}

}

TEST_CASE("what was written is read, byte for byte") {
    const auto folder = scratch();
    const std::string bytes("a\0\r\n\xff", 5);
    REQUIRE(write_file(folder.path() / "x", bytes).ok());
    CHECK(read_file(folder.path() / "x").value() == bytes);
    CHECK(list_folder(folder.path()).value() == std::vector<std::string>{"x"}); // no temporary is left
}

TEST_CASE("a file is replaced as a whole: whoever has it open keeps the old content") {
    const auto folder = scratch();
    const Path path = folder.path() / "x";
    put(path, "old");
    const int open_before = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(write_file(path, "new").ok());
    char before[8] = {};
    CHECK(::read(open_before, before, sizeof before) == 3);
    ::close(open_before);
    CHECK(std::string(before) == "old");
    CHECK(read_file(path).value() == "new");
}

TEST_CASE("readers never see half of a file that is rewritten all the time") {
    const auto folder = scratch();
    const Path path = folder.path() / "x";
    const std::string a(100'000, 'a'), b(50'000, 'b');
    put(path, a);
    std::jthread writer([&](std::stop_token stop) {
        for (int round = 0; !stop.stop_requested(); ++round) (void)write_file(path, round % 2 ? a : b);
    });
    int torn = 0;
    for (int round = 0; round < 200; ++round) {
        const auto seen = read_file(path);
        if (!seen || (seen.value() != a && seen.value() != b)) ++torn;
    }
    CHECK(torn == 0);
}

TEST_CASE("a file is made with the mode asked for") {
    const auto folder = scratch();
    REQUIRE(write_file(folder.path() / "secret", "x", 0600).ok());
    CHECK(inspect(folder.path() / "secret").mode == 0600);
}

TEST_CASE("a folder in the way of a file is an error that names it, and leaves no temporary") {
    const auto folder = scratch();
    REQUIRE(make_folders(folder.path() / "x").ok());
    const auto written = write_file(folder.path() / "x", "bytes");
    REQUIRE_FALSE(written.ok());
    CHECK(says(written.error(), folder.path() / "x", "Is a directory"));
    CHECK(list_folder(folder.path()).value() == std::vector<std::string>{"x"});
}

TEST_CASE("a mount point is told from a folder in it") {
    CHECK(is_mount_point("/proc"));
    CHECK_FALSE(is_mount_point("/proc/sys/kernel/random"));
    CHECK_FALSE(is_mount_point("/proc/nothing of that name"));
    CHECK_FALSE(is_mount_point(scratch().path()));
}

TEST_CASE("a device is written to and never replaced") {
    REQUIRE(write_file("/dev/null", "x").ok());
    CHECK(inspect("/dev/null").type == FileType::other);
    if (inspect("/dev/shm").type != FileType::folder) return;
    const std::string file = fmt::format("/dev/shm/fairlead-test-{}", ::getpid());
    REQUIRE(write_file(file, "a file like any other").ok());
    CHECK(read_file(file).value() == "a file like any other");
    ::unlink(file.c_str());
}

TEST_CASE("a pipe is written to and never replaced, and is no file to read") {
    const auto folder = scratch();
    const Path pipe = folder.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(write_file(pipe, "abc").ok());
    char bytes[8] = {};
    CHECK(::read(reader, bytes, sizeof bytes) == 3);
    ::close(reader);
    CHECK(inspect(pipe).type == FileType::other);
    const auto content = read_file(pipe); // returns although nobody writes
    REQUIRE_FALSE(content.ok());
    CHECK(says(content.error(), pipe, "not a regular file"));
}

TEST_CASE("what can't be read says which path and why") {
    const auto folder = scratch();
    const auto absent = read_file(folder.path() / "nothing");
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().kind == Kind::could_not);
    CHECK(says(absent.error(), folder.path() / "nothing", "No such file or directory"));
    const auto on_folder = read_file(folder.path());
    REQUIRE_FALSE(on_folder.ok());
    CHECK(says(on_folder.error(), folder.path(), "is a folder"));
}

TEST_CASE("a file over the limit is refused, also one whose size the system doesn't tell") {
    const auto folder = scratch();
    put(folder.path() / "x", "12345");
    CHECK(read_file(folder.path() / "x", 5).ok());
    CHECK_FALSE(read_file(folder.path() / "x", 4).ok());
    CHECK(read_file("/proc/self/stat").value().size() > 10);
    CHECK_FALSE(read_file("/proc/self/stat", 10).ok());
}

TEST_CASE("appending keeps what is there, and two writers never mix their lines") {
    const auto folder = scratch();
    const Path path = folder.path() / "log";
    REQUIRE(append_file(path, "first\n", 0600).ok());
    CHECK(inspect(path).mode == 0600);
    {
        const auto write_lines = [&](char letter) {
            for (int line = 0; line < 50; ++line) (void)append_file(path, std::string(5000, letter) + "\n");
        };
        std::jthread a(write_lines, 'a'), b(write_lines, 'b');
    }
    const std::string all = read_file(path).value();
    CHECK(all.starts_with("first\n"));
    CHECK(all.size() == 6 + 100 * 5001);
    CHECK(all.find("ab") == std::string::npos);
    CHECK(all.find("ba") == std::string::npos);
}

TEST_CASE("a symbolic link is replaced without a moment in which it is absent") {
    const auto folder = scratch();
    const Path link = folder.path() / "current";
    REQUIRE(replace_symlink("one", link).ok());
    std::jthread switcher([&](std::stop_token stop) {
        for (int round = 0; !stop.stop_requested(); ++round) (void)replace_symlink(round % 2 ? "one" : "two", link);
    });
    int absent = 0;
    for (int round = 0; round < 2000; ++round) absent += inspect(link).type != FileType::link;
    CHECK(absent == 0);
}

TEST_CASE("a link to a folder is itself replaced, not filled") {
    const auto folder = scratch();
    REQUIRE(make_folders(folder.path() / "old").ok());
    REQUIRE(replace_symlink("old", folder.path() / "current").ok());
    REQUIRE(replace_symlink("new", folder.path() / "current").ok());
    CHECK(read_link(folder.path() / "current").value() == "new");
    CHECK(list_folder(folder.path() / "old").value().empty());
    CHECK_FALSE(read_link(folder.path() / "old").ok());
}

TEST_CASE("folders are made with all that leads to them, and a second time is fine") {
    const auto folder = scratch();
    const Path deep = folder.path() / "a/b/c";
    REQUIRE(make_folders(deep, 0700).ok());
    REQUIRE(make_folders(deep, 0700).ok());
    CHECK(inspect(deep).mode == 0700);
    put(folder.path() / "file", "");
    const auto blocked = make_folders(folder.path() / "file/below");
    REQUIRE_FALSE(blocked.ok());
    CHECK(says(blocked.error(), folder.path() / "file", "not a folder"));
}

TEST_CASE("a folder that may not be written is an error with the reason") {
    const auto folder = scratch();
    REQUIRE(make_folders(folder.path() / "closed").ok());
    const test::Unprivileged nobody(folder.path());
    ::chmod((folder.path() / "closed").c_str(), 0500);
    const auto written = write_file(folder.path() / "closed/x", "");
    REQUIRE_FALSE(written.ok());
    CHECK(says(written.error(), folder.path() / "closed/x", "Permission denied"));
}

TEST_CASE("a path is renamed, and a name that is gone is an error that names both") {
    const auto folder = scratch();
    put(folder.path() / "a", "x");
    REQUIRE(make_folders(folder.path() / "in").ok());
    REQUIRE(rename_path(folder.path() / "a", folder.path() / "in/b").ok());
    CHECK(read_file(folder.path() / "in/b").value() == "x");
    const auto again = rename_path(folder.path() / "a", folder.path() / "in/c");
    REQUIRE_FALSE(again.ok());
    CHECK(says(again.error(), folder.path() / "a", "No such file"));
    CHECK(says(again.error(), folder.path() / "in/c", "No such file"));
}

TEST_CASE("a path is told by its own type, size, mode and time; links are not followed") {
    const auto folder = scratch();
    put(folder.path() / "file", "12345");
    REQUIRE(replace_symlink("file", folder.path() / "link").ok());
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder.path() / "socket").string().copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    ::close(listener);
    CHECK(inspect(folder.path() / "none").type == FileType::absent);
    CHECK(inspect(folder.path() / "file").type == FileType::file);
    CHECK(inspect(folder.path() / "file").size == 5);
    CHECK(inspect(folder.path() / "file").modified_ns > 1'600'000'000'000'000'000);
    CHECK(inspect(folder.path()).type == FileType::folder);
    CHECK(inspect(folder.path() / "link").type == FileType::link);
    CHECK(inspect(folder.path() / "socket").type == FileType::socket);
}

TEST_CASE("free space is told, and an absent path is an error") {
    CHECK(free_bytes("/").value() > 0);
    CHECK_FALSE(free_bytes("/no/such/folder").ok());
}

TEST_CASE("no temporary folder is made where another user may put another one in its place") {
    if (::geteuid() != 0) return; // who else could give a folder away
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const Path below = folder.path() / "of another" / "tmp";
    REQUIRE(make_folders(below).ok());
    const char* const named = std::getenv("TMPDIR");
    const std::optional<std::string> before = named ? std::optional<std::string>(named) : std::nullopt;
    const auto told = [&] {
        ::setenv("TMPDIR", below.c_str(), 1);
        const auto made = TemporaryFolder::make("fairlead-test");
        before ? ::setenv("TMPDIR", before->c_str(), 1) : ::unsetenv("TMPDIR");
        if (!made.ok()) CHECK(made.error().kind == Kind::usage);
        return made.ok() ? std::string() : made.error().message;
    };
    CHECK(told().empty());
    for (const Path& path : {below, below.parent_path()}) {
        REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
        CHECK(told().find("'" + path.string() + "' belongs to 'nobody', who could replace") != std::string::npos);
        CHECK(told().find("; or set TMPDIR to another folder, such as /tmp") != std::string::npos);
        REQUIRE(::chown(path.c_str(), 0, 0) == 0);
        REQUIRE(::chmod(path.c_str(), 0777) == 0);
        CHECK(told().find("'" + path.string() + "' can be written by everybody") != std::string::npos);
        REQUIRE(::chmod(path.c_str(), 01777) == 0); // as /tmp
        CHECK(told().empty());
    }
    CHECK(TemporaryFolder::make("fairlead-test", below).ok()); // where somebody says so
}

TEST_CASE("a temporary folder goes with its owner, content and all, and only once") {
    Path path;
    {
        auto folder = scratch();
        path = folder.path();
        CHECK(inspect(path).mode == 0700);
        put(path / "a/b", "x");
        const TemporaryFolder moved = std::move(folder);
        CHECK(moved.path() == path);
    }
    CHECK(inspect(path).type == FileType::absent);
}

TEST_CASE("a stream takes more than a pipe holds, and a reader that went is an error") {
    ::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    const std::string bytes(1 << 20, 'x');
    std::size_t received = 0;
    {
        std::jthread reader([&] {
            std::string block(1 << 16, '\0');
            while (received < bytes.size()) {
                const ssize_t count = ::read(ends[0], block.data(), block.size());
                if (count > 0) received += static_cast<std::size_t>(count);
            }
        });
        CHECK(write_stream(ends[1], bytes).ok());
    }
    CHECK(received == bytes.size());
    ::close(ends[0]);
    const auto broken = write_stream(ends[1], "x");
    ::close(ends[1]);
    REQUIRE_FALSE(broken.ok());
    CHECK(broken.error().message.find("Broken pipe") != std::string::npos);
}

TEST_CASE("links of one folder are replaced in their order, and one that can't be leaves those before it") {
    const auto folder = sys::TemporaryFolder::make("fairlead-links").value();
    sys::replace_symlinks(folder.path(), {{"00", "../a"}, {"01", "../b"}}).value();
    CHECK(sys::read_link(folder.path() / "00").value() == "../a");
    CHECK(sys::read_link(folder.path() / "01").value() == "../b");
    sys::make_folders(folder.path() / "02").value();
    CHECK_FALSE(sys::replace_symlinks(folder.path(), {{"00", "../c"}, {"02", "../c"}, {"01", "../c"}}).ok());
    CHECK(sys::read_link(folder.path() / "00").value() == "../c");
    CHECK(sys::read_link(folder.path() / "01").value() == "../b");
    CHECK(sys::list_folder(folder.path())->size() == 3); // nothing temporary stays
}
