#include "sys/account.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"

using namespace fairlead;
using namespace fairlead::sys;

TEST_CASE("a user that this host doesn't know is wrong use, with the way out") {
    const auto found = find_user("nobody-of-this-name");
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().kind == Kind::usage);
    CHECK(found.error().message.find("useradd") != std::string::npos);
}

TEST_CASE("a child as another user has its ids and groups, no capability and no way back") {
    if (!is_root()) return;
    const auto nobody = find_user("nobody").value();
    const auto done = run({.argv = {"sh", "-c",
                                    "id -u; id -g; id -G; umask; grep -E '^(CapPrm|CapEff|CapAmb|NoNewPrivs)' "
                                    "/proc/self/status; echo $HOME $USER $LOGNAME; pwd"},
                           .folder = "/usr",
                           .environment = std::vector<std::string>{"PATH=/usr/bin:/bin", "HOME=/root", "USER=root"},
                           .user = &nobody});
    REQUIRE(done.ok());
    INFO(done->out << done->err);
    const auto id = std::to_string(nobody.uid), group = std::to_string(nobody.gid);
    CHECK(done->out.starts_with(id + "\n" + group + "\n" + group + "\n0022\n"));
    for (const auto* line : {"CapPrm:\t0000000000000000\n", "CapEff:\t0000000000000000\n", "NoNewPrivs:\t1\n"})
        CHECK(done->out.find(line) != std::string::npos);
    CHECK(done->out.find(nobody.home + " nobody nobody\n/usr\n") != std::string::npos);
}

TEST_CASE("a set-user-id program started as another user stays what its caller is") {
    if (!is_root()) return;
    const auto folder = TemporaryFolder::make("fairlead-user").value();
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    std::filesystem::copy_file("/usr/bin/id", folder.path() / "id");
    std::filesystem::permissions(folder.path() / "id", std::filesystem::perms(04755));
    const auto nobody = find_user("nobody").value();
    const auto done = run({.argv = {(folder.path() / "id").string(), "-u"}, .user = &nobody});
    REQUIRE(done.ok());
    CHECK(done->out == std::to_string(nobody.uid) + "\n");
}

TEST_CASE("a child as another user enters its folder as that user, and what can't be is an error") {
    if (!is_root()) return;
    const auto closed = TemporaryFolder::make("fairlead-user").value(); // 0700, ours
    const auto nobody = find_user("nobody").value();
    const auto done = run({.argv = {"true"}, .folder = closed.path().string(), .user = &nobody});
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().message.find("as user 'nobody'") != std::string::npos);
    CHECK(run({.argv = {"cat"}, .input = "through", .user = &nobody})->out == "through");
}
