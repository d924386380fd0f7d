#include "base/text.h"
#include "deploy/direct/keeper.h"
#include "support/catch.h"
#include "sys/process/process.h"
#include "unit/deploy/folder.h"
#include "unit/deploy/model.h"
#include <algorithm>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

// A systemctl that writes down how it was called and answers `show` with what stands in its folder.
class FakeSystemctl {
  public:
    FakeSystemctl() : folder_(sys::TemporaryFolder::make("fairlead-systemctl").value()), path_(std::getenv("PATH")) {
        const auto program = folder_.path() / "systemctl";
        sys::write_file(program,
                        "#!/bin/sh\necho \"$@\" >>" + calls().string() + "\n[ \"$1\" != show ] || cat " +
                            (folder_.path() / "show").string() + "\n",
                        0755)
            .value();
        ::setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
    }
    FakeSystemctl(const FakeSystemctl&) = delete;
    ~FakeSystemctl() { ::setenv("PATH", path_.c_str(), 1); }
    void is_away() { // as where systemd runs itself again
        sys::write_file(folder_.path() / "systemctl",
                        "#!/bin/sh\necho 'Failed to connect to bus: No such file' >&2\nexit 1\n", 0755)
            .value();
    }
    void shows(const std::string& text) { sys::write_file(folder_.path() / "show", text).value(); }
    sys::Path calls() const { return folder_.path() / "calls"; }
    const sys::Path& folder() const { return folder_.path(); }

  private:
    sys::TemporaryFolder folder_;
    std::string path_;
};

// The keeper of shop's slots, whose systemctl is that one.
struct Kept {
    FakeSystemctl systemctl;
    Rig rig{"blue-green"};
    const Variables variables{};
    const sys::Environment process{std::map<std::string, std::string>{}};
    Host nobody;
    ModelHttp http{nobody};
    const World world{rig.settings, variables, rig.store, process, http, rig.clock};
    const std::unique_ptr<Keeper> keeper =
        systemd_keeper(Layout{"/srv/shop"}, world, {"fairlead-shop-staging@.service", systemctl.folder()});
};

}

TEST_CASE_METHOD(Kept, "systemd gets a unit per slot, starts it and enables the one that serves") {
    const Launch launch{{"sleep", "unix:/srv/shop/run/b.sock"},
                        "/srv/shop/releases/1",
                        "/srv/shop/run/b.sock",
                        "/srv/shop/slots/b/log"};
    REQUIRE(keeper->start("b", launch).ok());
    REQUIRE(keeper->start("b", launch).ok()); // the unit is the same: no reload
    REQUIRE(keeper->commit({"b"}, {"a"}).ok());
    REQUIRE(keeper->commit({}, {"a", "b"}).ok()); // nothing serves any more
    REQUIRE(keeper->end("a").ok());
    REQUIRE(keeper->kill("a").ok());
    CHECK(fairlead::test::read(systemctl.calls().string()) ==
          "daemon-reload\n"
          "reset-failed fairlead-shop-staging@b.service\n"
          "start fairlead-shop-staging@b.service\n"
          "reset-failed fairlead-shop-staging@b.service\n"
          "start fairlead-shop-staging@b.service\n"
          "disable fairlead-shop-staging@a.service\n"
          "enable fairlead-shop-staging@b.service\n"
          "disable fairlead-shop-staging@a.service\n"
          "disable fairlead-shop-staging@b.service\n"
          "stop --no-block fairlead-shop-staging@a.service\n"
          "kill --signal=SIGKILL fairlead-shop-staging@a.service\n");
    CHECK(sys::inspect(systemctl.folder() / "fairlead-shop-staging@b.service").type == sys::FileType::file);
    CHECK(sys::inspect(systemctl.folder() / "fairlead-shop-staging@a.service").type == sys::FileType::absent);

    systemctl.shows("ActiveState=active\nNRestarts=0\nExecMainStatus=0\n");
    CHECK(keeper->seen("b")->running);
    systemctl.shows("ActiveState=activating\nNRestarts=3\nExecMainStatus=127\n");
    CHECK(keeper->seen("b")->restarts == 3);
    CHECK(keeper->seen("b")->last_status == 127);
    systemctl.shows("ActiveState=deactivating\nNRestarts=0\nExecMainStatus=0\n");
    CHECK(keeper->seen("b")->running);
    CHECK(keeper->seen("b")->ending);
    systemctl.shows("ActiveState=inactive\nNRestarts=0\nExecMainCode=2\nExecMainStatus=9\n");
    CHECK_FALSE(keeper->seen("b")->running);
    CHECK(keeper->seen("b")->last_status == 128 + 9);
}

TEST_CASE_METHOD(Kept, "a systemd that doesn't answer is away, and has not ended its units") {
    systemctl.shows("ActiveState=active\nNRestarts=0\nExecMainStatus=0\n");
    REQUIRE(keeper->here().ok());
    CHECK(keeper->seen("b")->running);
    systemctl.is_away();
    for (const auto& error : {keeper->here().error(), keeper->seen("b").error()}) {
        CHECK(error.kind == Kind::could_not);
        CHECK(error.message.find("Failed to connect to bus") != std::string::npos);
    }
    CHECK(keeper->main_process("b").pid == 0);
}

TEST_CASE_METHOD(Kept,
                 "a unit that is stopped was stopped by somebody, since systemd starts what ends by itself again") {
    systemctl.shows("ActiveState=inactive\nNRestarts=0\nExecMainCode=1\nExecMainStatus=0\n");
    CHECK(keeper->seen("b")->by_another);
    systemctl.shows("ActiveState=activating\nSubState=auto-restart\nNRestarts=0\nExecMainCode=1\nExecMainStatus=0\n");
    CHECK_FALSE(keeper->seen("b")->by_another);
}

TEST_CASE_METHOD(Kept, "a unit is enabled before it gets requests, and gone when nothing of it is kept") {
    const Launch launch{{"sleep"}, "/srv/shop/releases/1", "/srv/shop/run/b.sock", "/srv/shop/slots/b/log"};
    REQUIRE(keeper->start("b", launch).ok());
    REQUIRE(keeper->outlast("b").ok());
    REQUIRE(keeper->forget("b").ok());
    REQUIRE(keeper->forget("b").ok());
    CHECK(fairlead::test::read(systemctl.calls().string()) == "daemon-reload\n"
                                                              "reset-failed fairlead-shop-staging@b.service\n"
                                                              "start fairlead-shop-staging@b.service\n"
                                                              "enable fairlead-shop-staging@b.service\n"
                                                              "disable fairlead-shop-staging@b.service\n"
                                                              "daemon-reload\n");
    CHECK(sys::inspect(systemctl.folder() / "fairlead-shop-staging@b.service").type == sys::FileType::absent);
    sys::write_file(systemctl.folder() / "fairlead-shop-staging@a.service", "[Unit]\nDescription=another's\n").value();
    REQUIRE(keeper->forget("a").ok());
    CHECK(sys::inspect(systemctl.folder() / "fairlead-shop-staging@a.service").type == sys::FileType::file);
}

TEST_CASE_METHOD(Kept, "a process that waits for its next start has ended, also where the start failed by it") {
    systemctl.shows("ActiveState=activating\nSubState=auto-restart\nNRestarts=0\nExecMainCode=1\nExecMainStatus=3\n");
    CHECK(keeper->seen("b")->restarts == 1);
    const auto program = systemctl.folder() / "systemctl";
    const auto text = sys::read_file(program).value();
    sys::write_file(program, text + "[ \"$1\" != start ]\n", 0755).value();
    CHECK(keeper->start("b", {.argv = {"sleep"}}).ok());
    systemctl.shows("ActiveState=inactive\nSubState=dead\nNRestarts=0\n");
    CHECK_FALSE(keeper->start("b", {.argv = {"sleep"}}).ok());
    const auto absent = keeper->start("b", {.argv = {"no-such-program"}});
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().kind == fairlead::Kind::no);
}

TEST_CASE_METHOD(Kept, "what systemctl says when it fails shows no password of a URL in it") {
    const auto url = "redis://shop:" + std::string("pw-of-a-drop-in") + "@cache/0";
    sys::write_file(systemctl.folder() / "systemctl", "#!/bin/sh\necho \"bad setting $1: " + url + "\" >&2\nexit 1\n",
                    0755)
        .value();
    const auto ended = keeper->end("b");
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.error().message.find("bad setting stop: redis://") != std::string::npos);
    CHECK(mask("so pw-of-a-drop-in says").find("pw-of-a-drop-in") == std::string::npos);
}

TEST_CASE_METHOD(Kept, "a unit that is another application's is not overwritten") {
    const auto file = systemctl.folder() / "fairlead-shop-staging@b.service";
    sys::write_file(file, "[Unit]\nDescription=shop-staging (live) slot b\n").value();
    const auto started = keeper->start("b", {.argv = {"sleep"}});
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().message.find("does not belong to") != std::string::npos);
    CHECK(sys::inspect(systemctl.calls()).type == sys::FileType::absent);
}

TEST_CASE_METHOD(Kept, "a user's own systemd is asked as such, and its units start with it") {
    const auto of_user = systemd_keeper(
        Layout{"/srv/shop"}, world, {"fairlead-shop-staging@.service", systemctl.folder() / "units", "/run/user/7"});
    CHECK_FALSE(of_user->knows("b"));
    REQUIRE(of_user->start("b", {.argv = {"sleep"}}).ok());
    REQUIRE(of_user->outlast("b").ok());
    CHECK(of_user->knows("b"));
    CHECK(fairlead::test::read(systemctl.calls().string()) == "--user daemon-reload\n"
                                                              "--user reset-failed fairlead-shop-staging@b.service\n"
                                                              "--user start fairlead-shop-staging@b.service\n"
                                                              "--user enable fairlead-shop-staging@b.service\n");
    const auto unit = fairlead::test::read((systemctl.folder() / "units/fairlead-shop-staging@b.service").string());
    CHECK(unit.find("WantedBy=default.target\n") != std::string::npos);
    CHECK(unit.find("network.target") == std::string::npos); // it knows none of the host's
}

TEST_CASE("limits and umask are a unit's") {
    const auto unit = [](const Limits& limits, int umask) {
        return render_unit({.argv = {"x"}, .limits = limits, .umask = umask}, "env", {}, "shop (staging) slot b");
    };
    const auto held = unit({.memory = 64u << 20, .processes = 30, .open_files = 4096, .cpus = 1.5}, 027);
    CHECK(held.find("MemoryMax=67108864\nTasksMax=30\nLimitNOFILE=4096\nCPUQuota=150%\nUMask=0027\n") !=
          std::string::npos);
    const auto free = unit({}, -1);
    for (const auto* name : {"MemoryMax", "TasksMax", "LimitNOFILE", "CPUQuota", "UMask"})
        CHECK(free.find(name) == std::string::npos);
}

TEST_CASE("a unit for systemd quotes what systemd would expand") {
    CHECK(quote_for_systemd("a\"b\\c%d$e") == "\"a\\\"b\\\\c%%d$$e\"");
    const Launch launch{{"/bin/sleep", "100%", "$HOME", "unix:/srv/a shop%/run/b.sock"},
                        "/srv/a shop%/releases/1",
                        "/srv/a shop%/run/b.sock",
                        "/srv/a shop%/slots/b/log"};
    const auto unit = render_unit(launch, "/srv/a shop%/slots/b/env", {"HOME=/home/a \"b\"", "PATH=/usr/bin", "TZ=50%"},
                                  "shop (staging) slot b");
    for (const auto* line :
         {"ExecStart=\"/bin/sleep\" \"100%%\" \"$$HOME\" \"unix:/srv/a shop%%/run/b.sock\"\n",
          "ExecStartPre=-/bin/rm -f \"/srv/a shop%%/run/b.sock\"\n", "EnvironmentFile=/srv/a shop%%/slots/b/env\n",
          "Environment=\"HOME=/home/a \\\"b\\\"\"\n", "Environment=\"TZ=50%%\"\n", "Restart=always\n",
          "KillMode=mixed\n", "WorkingDirectory=/srv/a shop%%/releases/1\n",
          "StandardOutput=append:/srv/a shop%%/slots/b/log\n"}) {
        INFO(line);
        CHECK(unit.find(line) != std::string::npos);
    }
    CHECK(unit.find("UMask") == std::string::npos); // what the application writes is not everybody's
    if (!sys::find_program("systemd-analyze")) return;
    const auto folder = folder_with({{"x@b.service", unit}});
    const auto judged = sys::run({.argv = {"systemd-analyze", "verify", (folder.path() / "x@b.service").string()}});
    REQUIRE(judged.ok());
    INFO(judged->err);
    for (char digit = '1'; digit <= '9'; ++digit) // "x@b.service:7: ..." is about a line of it
        CHECK(judged->err.find(std::string("x@b.service:") + digit) == std::string::npos);
}

TEST_CASE("what is written into a unit of systemd stays one value of it") {
    for (const std::string part : {"a b", "a\"b", "it's", "a;b", "a#b", "a%n", "a$HOME", "${x}", "-x", "a|b`c`"}) {
        INFO(part);
        const auto path = "/srv/" + part;
        const Launch launch{.argv = {"/bin/true", part, "%n", "$X", "a\nExecStart=/bin/evil"},
                            .folder = path + "/releases/1",
                            .socket = path + "/run/a.sock",
                            .log = path + "/slots/a/log",
                            .user = "deploy"};
        const auto unit =
            render_unit(launch, path + "/slots/a/env", {"PATH=/usr/bin", "HOME=" + path}, "shop (staging) slot a");
        const auto literal = replace_all(path, "%", "%%");
        const auto lines = split(unit, '\n');
        const auto has = [&](const std::string& line) {
            return std::find(lines.begin(), lines.end(), line) != lines.end();
        };
        CHECK(has("WorkingDirectory=" + literal + "/releases/1"));
        CHECK(has("EnvironmentFile=" + literal + "/slots/a/env"));
        CHECK(has("StandardOutput=append:" + literal + "/slots/a/log"));
        CHECK(
            has("ExecStart=\"/bin/true\" " + quote_for_systemd(part) + " \"%%n\" \"$$X\" \"a\\nExecStart=/bin/evil\""));
        CHECK(has("User=deploy"));
        CHECK(has("NoNewPrivileges=yes"));
        CHECK(has("Environment=\"PATH=/usr/bin\""));
        int commands = 0;
        for (const auto& line : lines) commands += line.starts_with("ExecStart=");
        CHECK(commands == 1);
    }
}
