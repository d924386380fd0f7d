#include "deploy/routers/kinds.h"
#include "deploy/routers/site.h"
#include "deploy/world.h"
#include "support/catch.h"
#include "support/fake_host.h"
#include "sys/files/files.h"
#include "unit/deploy/model.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

// A machine with an HAProxy that answers at its stats socket, or is down.
class FakeHaproxy : public fairlead::test::FakeHost {
  public:
    using FakeHost::FakeHost;
    bool down = false;
    std::string level = "admin", backend;

    Result<std::string> ask_socket(const std::string& path, std::string_view question, Milliseconds) override {
        if (down) return could_not("'" + path + "': Connection refused");
        did.push_back("ask " + std::string(question));
        if (question == "show cli level\n") return level + "\n";
        const auto line = [&](const char* rest) { return backend + rest; };
        return "# pxname,svname,status,weight,scur,qcur,addr\n" + line(",a,no check,1,0,0,127.0.0.1:1\n") +
               line(",b,MAINT,1,0,0,127.0.0.1:2\n") + line(",BACKEND,UP,1,0,0,\n");
    }
};

struct Routed {
    Routed() {
        settings.app = "shop";
        settings.environment = "live";
        settings.url = "http://shop.example";
        settings.state = (folder.path() / "state").string();
        settings.router.kind = "haproxy";
        settings.router.socket = "/run/haproxy.sock";
        host.backend = site_of(settings)->name;
    }
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-haproxy").value();
    Settings settings;
    FakeHaproxy host{folder.path()};
    Host model;
    ModelHttp http{model};
    ModelClock clock;
    const Variables variables;
    const sys::Environment process{std::map<std::string, std::string>{}};
    const Store store{settings.state};
    const World world{settings, variables, store, process, http, clock, host};
    const std::unique_ptr<Router> router = make_haproxy(world);
};

}

TEST_CASE_METHOD(Routed, "that HAProxy's state file can't be written is told before anything is touched") {
    CHECK(router->check().ok());
    sys::write_file(folder.path() / "file", "").value();
    settings.router.server_state = (folder.path() / "file" / "state").string();
    for (const auto& done : {router->check(), router->can_route()}) {
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().kind == Kind::could_not);
        CHECK(done.error().message.find("is in the way: it is not a folder; let the user who deploys") !=
              std::string::npos);
        CHECK(done.error().message.find("router.server_state") != std::string::npos);
    }
    settings.router.server_state = (folder.path() / "new" / "state").string();
    CHECK(router->check().ok());
    CHECK(sys::inspect(folder.path() / "new").type == sys::FileType::absent);
    for (const auto& did : host.did) CHECK(did.starts_with("ask show"));
}

TEST_CASE_METHOD(Routed, "an HAProxy that is down is told with the way out, and can't be switched") {
    host.down = true;
    for (const auto& done : {router->can_route(), router->check()}) {
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().message ==
              "HAProxy's stats socket does not answer: '/run/haproxy.sock': Connection refused; start HAProxy with "
              "`stats socket /run/haproxy.sock mode 660 level admin`");
    }
    CHECK_FALSE(router->observe().ok());
    host.down = false;
    host.level = "operator";
    CHECK(router->can_route().error().kind == Kind::usage);
}
