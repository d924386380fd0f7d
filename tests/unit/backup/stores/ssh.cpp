// Against a real sshd, where one is installed.
#include "backup/stores/store.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "unit/backup/stores/kinds.h"
#include <filesystem>

using namespace fairlead;
using namespace fairlead::backup;
using fairlead::sys::TemporaryFolder;
using fairlead::test::got;
using fairlead::test::names_in;
using fairlead::test::SshServer;

namespace {

const auto no_server = "it is not installed; apt-get install openssh-server";

std::string bytes_of(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t at = 0; at < size; ++at) bytes[at] = static_cast<char>(at * 2654435761u >> 13);
    return bytes;
}

Result<void> write_in_pieces(Store& store, const std::string& name, std::string_view bytes, std::size_t size) {
    const auto sink = TRY(store.create(name, bytes.size()));
    for (std::size_t at = 0; at < bytes.size(); at += size) TRY_VOID(sink->write(bytes.substr(at, size)));
    return sink->close();
}

std::string message_of(const Result<std::vector<Object>>& listed) {
    return listed.ok() ? "no error" : listed.error().message;
}

}

TEST_CASE("what is larger than what may be under way goes to another machine and back byte for byte") {
    const auto server = SshServer::make();
    if (!server) SKIP_LOUDLY("sshd", no_server);
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    const auto store = server->store(folder.path());
    const auto bytes = bytes_of((9u << 20) + 12345);
    REQUIRE(write_in_pieces(*store, "shop/data", bytes, 100'001).ok());
    CHECK(got(*store, "shop/data").value() == bytes);
    CHECK(sys::read_file(folder.path() / "shop/data").value() == bytes);
    CHECK(sys::inspect(folder.path() / "shop/data").mode == 0600);
    CHECK(sys::inspect(folder.path() / "shop").mode == 0700);
    CHECK(*store->free_bytes().value() > 0);
    const auto half_read = store->open("shop/data").value();
    std::string into(10, '\0');
    CHECK(half_read->read(into).value() > 0);
}

TEST_CASE("another machine's folder that is a link to nowhere is not there, and none that is empty") {
    const auto server = SshServer::make();
    if (!server) SKIP_LOUDLY("sshd", no_server);
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    std::filesystem::create_symlink("nowhere", folder.path() / "link");
    const auto store = server->store(folder.path() / "link");
    CHECK_FALSE(store->is_there().value());
    std::filesystem::create_directory(folder.path() / "nowhere");
    CHECK(store->is_there().value());
}

TEST_CASE("two of another machine's objects are written and read in turns") {
    const auto server = SshServer::make();
    if (!server) SKIP_LOUDLY("sshd", no_server);
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    const auto store = server->store(folder.path());
    const auto one = store->create("one", {}).value(), two = store->create("two", {}).value();
    const auto bytes = bytes_of(300'000);
    for (int round = 0; round < 5; ++round) {
        REQUIRE(one->write(bytes).ok());
        REQUIRE(two->write(bytes).ok());
    }
    REQUIRE(two->close().ok());
    CHECK(names_in(*store) == std::vector<std::string>{"two"});
    REQUIRE(one->close().ok());
    CHECK(got(*store, "one").value() == got(*store, "two").value());
}

TEST_CASE("a connection that breaks leaves no object, and the next question makes another one") {
    const auto server = SshServer::make("dd bs=1 count=200000 status=none | /usr/lib/openssh/sftp-server");
    if (!server) SKIP_LOUDLY("sshd", no_server);
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    const auto store = server->store(folder.path());
    const auto failed = write_in_pieces(*store, "data", bytes_of(3u << 20), 65536);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().kind == Kind::could_not);
    CHECK(failed.error().message.find("ssh to store.test ended") != std::string::npos);
    CHECK(names_in(*store).empty());
    CHECK(store->sweep(std::chrono::hours(24)).value().empty());
    const auto swept = store->sweep(std::chrono::seconds(-60)).value();
    REQUIRE(swept.size() == 1);
    CHECK(swept[0].starts_with("data.partial-"));
    CHECK(std::filesystem::is_empty(folder.path()));
    CHECK(store->write("data", "small").ok());
}

TEST_CASE("an answer that is cut off, or a file that ends early, is no whole object") {
    const auto server = SshServer::make("/usr/lib/openssh/sftp-server | dd bs=1 count=500000 status=none");
    if (!server) SKIP_LOUDLY("sshd", no_server);
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    REQUIRE(sys::write_file(folder.path() / "data", bytes_of(3u << 20)).ok());
    const auto read = got(*server->store(folder.path()), "data");
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().kind == Kind::could_not);
}

TEST_CASE("whoever can't be talked with is told with the reason") {
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    const auto chatty = SshServer::make("echo Welcome; exec /usr/lib/openssh/sftp-server");
    if (!chatty) SKIP_LOUDLY("sshd", no_server);
    CHECK(message_of(chatty->store(folder.path())->list("")) ==
          "ssh to store.test answers with 'Welcome', which is not SFTP; does a login script there print something?");
    const auto stranger = SshServer::make();
    REQUIRE(sys::write_file(stranger->folder() / "known", "").ok());
    CHECK(message_of(stranger->store(folder.path())->list("")) ==
          "ssh to store.test ended: Host key verification failed.");
    const auto locked = SshServer::make();
    REQUIRE(sys::write_file(locked->folder() / "authorized", "").ok());
    CHECK(message_of(locked->store(folder.path())->list("")).find("Permission denied") != std::string::npos);
    const auto refused = SshServer::make();
    CHECK(refused->store("/proc/nothing")->write("a", "x").error().message.find("'/proc/nothing'") !=
          std::string::npos);
}

TEST_CASE("a lock on another machine that its holder left is taken over once it ran out") {
    const auto server = SshServer::make();
    if (!server) SKIP_LOUDLY("sshd", no_server);
    const auto folder = TemporaryFolder::make("fairlead-store").value();
    const auto store = server->store(folder.path());
    const auto left = folder.path() / ".fairlead-lock-7";
    REQUIRE(sys::write_file(left, "0123 run of shop").ok());
    const auto held = store->lock("us", std::chrono::seconds(0));
    REQUIRE_FALSE(held.ok());
    CHECK(held.error().message.find("is locked by run of shop") != std::string::npos);
    std::filesystem::last_write_time(left, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(16));
    auto lease = store->lock("us", std::chrono::seconds(0)).value();
    CHECK(lease->check().ok());
    CHECK(sys::list_folder(folder.path()).value() == std::vector<std::string>{".fairlead-lock-8"});
    REQUIRE(sys::write_file(folder.path() / ".fairlead-lock-8", "4567 a thief").ok());
    CHECK(lease->check().error().message.find("was lost to a thief") != std::string::npos);
    lease.reset();
    CHECK(sys::list_folder(folder.path()).value().size() == 1); // the thief's
}
