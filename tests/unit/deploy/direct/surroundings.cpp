#include "deploy/direct/surroundings.h"
#include "base/text.h"
#include "deploy/direct/shelf.h"
#include "support/catch.h"
#include "sys/account.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include "unit/deploy/model.h"
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <map>

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

using VariableNames = std::map<std::string, std::string>;

// A release that is about to be prepared.
struct Unprepared {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-prepare").value();
    Rig rig{"blue-green"};
    Host nobody;
    ModelHttp http{nobody};
    const ReleaseInfo release{.id = "1.4-abc", .version = "1.4", .digest = "abc", .commit = "c0ffee"};
    sys::Path inside = folder.path() / "releases" / release.id;

    Unprepared() { sys::make_folders(inside / "bin").value(); }
    Result<std::string> prepare(const std::vector<std::string>& argv, const VariableNames& deployer,
                                const Variables& own) {
        const sys::Environment process(deployer);
        const World world{rig.settings, own, rig.store, process, http, rig.clock};
        Shelf shelf(Layout{folder.path()}, world);
        const auto done = shelf.prepare(release, {argv});
        if (!done.ok()) return done.error();
        return shelf.output();
    }
};

void add_program(const sys::Path& path, const std::string& text) {
    sys::write_file(path, "#!/bin/sh\n" + text + "\n", 0755).value();
}

// What our own PATH leads to, as long as it lives.
class OurPath {
  public:
    explicit OurPath(const std::string& path) : before_(std::getenv("PATH")) { ::setenv("PATH", path.c_str(), 1); }
    ~OurPath() { ::setenv("PATH", before_.c_str(), 1); }
    OurPath(const OurPath&) = delete;

  private:
    const std::string before_;
};

}

TEST_CASE("an application's PATH is a fixed one unless its own variables say so, and each name is there once") {
    const sys::Environment deployer(VariableNames{{"PATH", "/opt/job/bin:/usr/bin"}, {"HOME", "/root"}, {"LANG", "C"}});
    const auto has = [](const std::vector<std::string>& all, const std::string& one) {
        return std::count(all.begin(), all.end(), one) == 1;
    };
    const auto plain = application_environment(deployer, nullptr, {});
    CHECK(has(plain, std::string("PATH=") + service_path));
    CHECK(has(plain, "HOME=/root"));
    const sys::User user{.uid = 1000, .gid = 1000, .groups = {}, .name = "shop", .home = "/home/shop"};
    const auto own =
        application_environment(deployer, &user, {{"PATH", "/opt/shop/bin"}, {"LANG", "de"}, {"LANG", "C.UTF-8"}});
    CHECK(has(own, "PATH=/opt/shop/bin"));
    CHECK(has(own, "LANG=C.UTF-8"));
    CHECK(has(own, "HOME=/home/shop"));
    CHECK(std::count_if(own.begin(), own.end(),
                        [](const auto& v) { return v.starts_with("PATH=") || v.starts_with("LANG="); }) == 2);
}

TEST_CASE("an application's program is looked for in its own PATH, from the folder that it runs in") {
    const auto folder = sys::TemporaryFolder::make("fairlead-program").value();
    const auto inside = folder.path() / "release";
    sys::make_folders(inside / "bin").value();
    add_program(inside / "bin/app", "");
    add_program(folder.path() / "deployers", "");
    const OurPath ours(folder.path().string());
    CHECK(program_in("sh", "/nowhere:/bin", inside) == "/bin/sh");
    CHECK_FALSE(program_in("sh", "/nowhere", inside));
    CHECK_FALSE(program_in("deployers", service_path, inside));
    CHECK(program_in("app", "bin:/bin", inside) == (inside / "bin/app").string());
    CHECK(program_in("bin/app", "/bin", inside) == (inside / "bin/app").string());
    CHECK_FALSE(program_in("app", ":/bin", inside)); // an empty one is the folder itself
    CHECK(program_in("/bin/sh", "", inside) == "/bin/sh");
}

TEST_CASE("prepare sees what the application will see, and nothing of what its deployer has") {
    Unprepared unprepared;
    const auto seen = unprepared.prepare(
        {"sh", "-c", "env"},
        {{"PATH", "/opt/job/bin:/usr/bin"}, {"HOME", "/root"}, {"GITHUB_TOKEN", "t"}, {"STAGE", "of the deployer"}},
        {{"STAGE", {}, "staging"}});
    REQUIRE(seen.ok());
    auto lines = split(trim(seen.value()), '\n');
    std::erase_if(lines, [](const auto& line) {
        return line.starts_with("PWD=") || line.starts_with("SHLVL=") || line.starts_with("_=");
    });
    std::sort(lines.begin(), lines.end());
    CHECK(lines == std::vector<std::string>{
                       "FAIRLEAD_APP=shop", "FAIRLEAD_COMMIT=c0ffee", "FAIRLEAD_ENVIRONMENT=staging",
                       "FAIRLEAD_PREPARE=" + unprepared.folder.path().string(), "FAIRLEAD_RELEASE=1.4-abc",
                       "FAIRLEAD_VERSION=1.4", "HOME=/root", std::string("PATH=") + service_path, "STAGE=staging"});
}

TEST_CASE("prepare's program is looked up where the application's is") {
    Unprepared unprepared;
    const auto deployers = unprepared.folder.path() / "deployers";
    sys::make_folders(deployers).value();
    add_program(deployers / "migrate", "echo of the deployer");
    add_program(unprepared.inside / "bin/migrate", "echo of the release in $PWD");
    const OurPath ours(deployers.string() + ":/usr/bin:/bin");
    const auto refused = unprepared.prepare({"migrate"}, {{"PATH", deployers.string()}}, {});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("program 'migrate' of prepare is not in the application's PATH") !=
          std::string::npos);
    const auto done = unprepared.prepare({"migrate"}, {}, {{"PATH", {}, "bin:/usr/bin:/bin"}});
    REQUIRE(done.ok());
    CHECK(done.value() == "of the release in " + unprepared.inside.string() + "\n");
}

TEST_CASE("a release that prepare made too large is refused with the key that raises it, and never sealed") {
    Unprepared unprepared;
    unprepared.rig.settings.max_size = 1u << 20;
    const auto done = unprepared.prepare({"truncate", "-s", "300M", "big"}, {}, {});
    REQUIRE_FALSE(done.ok());
    INFO(done.error().message);
    CHECK(done.error().message.find("raise release.max_size") != std::string::npos);
    CHECK_FALSE(unprepared.rig.store.release(unprepared.release.id)->has_value());
    CHECK(sys::list_folder(unprepared.folder.path() / "releases")->size() == 1);
}

TEST_CASE("a command of prepare that takes longer than it may is ended, and the key that gives it more is named") {
    Unprepared unprepared;
    unprepared.rig.settings.prepare_timeout = Milliseconds{100};
    const auto done = unprepared.prepare({"sleep", "1023"}, {}, {});
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().kind == fairlead::Kind::no);
    CHECK(done.error().message == "prepare 'sleep 1023' was not done after 100ms and was ended; raise "
                                  "target.prepare_timeout if it may take longer");
    unprepared.rig.settings.prepare_timeout = Milliseconds{20'000};
    CHECK(unprepared.prepare({"sleep", "0.2"}, {}, {}).ok());
}

TEST_CASE("what prepare leaves running ends with it, in whatever session and whatever its environment") {
    Unprepared unprepared;
    const auto file = unprepared.folder.path() / "pids";
    // Forked, in a session of its own, forked once more.
    const auto leave = [&](const std::string& end) {
        return unprepared.prepare(
            {"sh", "-c",
             "env -i setsid sh -c 'sleep 1021 & echo $! > \"$1\"; sleep 1021 & echo $! >> \"$1\"' "
             "sh \"$1\" < /dev/null > /dev/null 2>&1; " +
                 end,
             "sh", file.string()},
            {}, {});
    };
    for (const auto* end : {"exit 7", "exit 0"}) {
        INFO(end);
        CHECK(leave(end).ok() == (end == std::string("exit 0")));
        const auto pids = split(sys::read_file(file).value(), '\n');
        REQUIRE(pids.size() >= 2);
        for (const auto& pid : {pids[0], pids[1]}) CHECK_FALSE(sys::identify(std::stoi(pid)));
    }
}

TEST_CASE("what an earlier prepare below the same root left running ends before the next one begins") {
    Unprepared unprepared;
    const auto start = [&](const std::string& name, const std::string& root) {
        const auto lock = unprepared.folder.path() / name;
        REQUIRE(sys::start_detached({{"/bin/sleep", "1022"}, {"A=1", "FAIRLEAD_PREPARE=" + root}, "/", lock}).ok());
        auto process = sys::detached_process(lock);
        while (!process) process = sys::detached_process(lock);
        return *process;
    };
    const auto root = unprepared.folder.path().string();
    const auto left = start("left", root), other = start("other", root + "/other");
    const auto said = unprepared.prepare(
        {"sh", "-c", "kill -0 $0 2> /dev/null && grep -q 1022 /proc/$0/cmdline && echo runs; echo $FAIRLEAD_PREPARE",
         std::to_string(left.pid)},
        {}, {});
    REQUIRE(said.ok());
    CHECK(said.value() == root + "\n");
    CHECK_FALSE(sys::is_running(left));
    CHECK(sys::is_running(other));
    REQUIRE(sys::send_signal(other, SIGKILL).ok());
}
