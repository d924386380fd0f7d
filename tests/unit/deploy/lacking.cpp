#include "deploy/lacking.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/account.h"
#include "sys/process/process.h"
#include "unit/deploy/folder.h"
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::deploy;
using deploy::testing::folder_with;

namespace {

Settings settings_in(const sys::Path& folder) {
    Settings settings;
    settings.app = "shop";
    settings.environment = "staging";
    settings.root = (folder / "root").string();
    settings.state = (folder / "state").string();
    settings.release_path = folder.string();
    settings.command = {"{release}/serve"};
    settings.env_folder = folder.string();
    return settings;
}

std::string told(const Settings& settings) {
    std::string text;
    for (const auto& one : lacking(settings, sys::Environment::of_process()))
        text += (one.stops ? "stops: " : "note: ") + one.text + "\n";
    return text;
}

const std::string secret = std::string("hunter") + "2hunter2Q9x";

void git(const sys::Path& folder, std::vector<std::string> words) {
    words.insert(words.begin(), {"git", "-C", folder.string()});
    REQUIRE(sys::run({.argv = words}).value().status == 0);
}

}

TEST_CASE("a host that has everything lacks nothing") {
    const auto folder = folder_with({{"Procfile", "web: serve\nrelease: x\n"}});
    CHECK(told(settings_in(folder.path())).empty());
    CHECK(check_lacking(settings_in(folder.path()), sys::Environment::of_process()).ok());
}

TEST_CASE("an env file with secrets that git would add is told before anything is fetched") {
    const auto folder = folder_with({{".env.staging", "API_TOKEN=" + secret + "\n"}, {"settings.env", "REGION=eu\n"}});
    auto settings = settings_in(folder.path());
    settings.env_file = (folder.path() / ".env.staging").string();
    CHECK(told(settings).empty()); // no repository
    git(folder.path(), {"init", "-q"});
    CHECK(told(settings) ==
          "stops: env file '.env.staging' holds secrets, and git would add it to the next commit; ignore "
          "it: echo .env.staging >>.gitignore\n");
    sys::write_file(folder.path() / ".gitignore", ".env.staging\n").value();
    CHECK(told(settings).empty());
    settings.env_file = (folder.path() / "settings.env").string(); // settings alone may be in git
    CHECK(told(settings).empty());
}

TEST_CASE("programs of prepare and of processes are looked for where the application will look") {
    const auto folder = folder_with({{"tool", "x"}});
    auto settings = settings_in(folder.path());
    settings.prepare = {{"no-such-tool-here", "x"}, {".venv/bin/made-later"}, {"true"}};
    settings.processes = {{.name = "worker", .command = {"no-such-worker"}}};
    CHECK(told(settings) == "stops: program 'no-such-tool-here' of target.prepare is not in the application's PATH; "
                            "install it, or name its path\n"
                            "stops: program 'no-such-worker' of target.processes.worker is not in the application's "
                            "PATH; install it, or name its "
                            "path\n");
    const auto first = check_lacking(settings, sys::Environment::of_process());
    REQUIRE_FALSE(first.ok());
    CHECK(first.error().kind == Kind::usage);
    CHECK(first.error().message.ends_with("(1 more: fairlead-deploy plan --env staging)"));
}

TEST_CASE("what target.user may not run or enter is told") {
    if (!sys::is_root()) SKIP_LOUDLY("root", "only root can ask as another user");
    const auto folder = folder_with({{"home/bin/serve", "#!/bin/sh\n"}});
    sys::run({.argv = {"chmod", "755", (folder.path() / "home/bin/serve").string(), folder.path().string()}}).value();
    sys::run({.argv = {"chmod", "700", (folder.path() / "home").string()}}).value();
    auto settings = settings_in(folder.path());
    settings.user = "nobody";
    settings.command = {(folder.path() / "home/bin/serve").string()};
    settings.root = (folder.path() / "home/srv").string();
    const auto text = told(settings);
    CHECK(text.find("stops: nobody may not run '" + settings.command[0] + "' of target.command") != text.npos);
    CHECK(text.find("stops: nobody may not enter '" + (folder.path() / "home").string() +
                    "', which holds target.root") != text.npos);
    sys::run({.argv = {"chmod", "711", (folder.path() / "home").string()}}).value();
    CHECK(told(settings).empty());
}

TEST_CASE("a port that somebody else has is told before the release starts") {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    const auto folder = folder_with({});
    auto settings = settings_in(folder.path());
    settings.port = ntohs(address.sin_port);
    CHECK(told(settings) ==
          fmt::format("stops: port {}, which the next release needs (target.port), is in use; stop what "
                      "listens there, or choose another target.port\n",
                      settings.port));
    ::close(listener);
    CHECK(told(settings).empty());
}

TEST_CASE("a process of Procfile that nothing starts is told, and doesn't stop the deployment") {
    const auto folder = folder_with({{"Procfile", "web: serve\nworker: work\nmy-clock: tick\n"}});
    auto settings = settings_in(folder.path());
    settings.processes = {{.name = "my_clock", .command = {"true"}}};
    CHECK(told(settings) ==
          "note: Procfile:2 has the process 'worker', which nothing starts; write target.processes.worker: "
          "{command: [...]}\n");
    CHECK(check_lacking(settings, sys::Environment::of_process()).ok());
}
