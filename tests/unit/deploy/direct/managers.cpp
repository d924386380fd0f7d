#include "deploy/direct/managers.h"
#include "support/catch.h"

using namespace fairlead::deploy;

TEST_CASE("systemd keeps what it outlives: as root, or a user's own with lingering; or as fairlead.yml says") {
    const Managers root{.root = true, .systemd = true}, container{.root = true}, user{.systemd = true},
        logged_in{.systemd = true, .of_user = true}, lingering{.systemd = true, .of_user = true, .lingers = true};
    CHECK(keeping("auto", root) == Keeping::systemd);
    CHECK(keeping("auto", container) == Keeping::own);
    CHECK(keeping("auto", user) == Keeping::own);
    CHECK(keeping("auto", logged_in) == Keeping::own);
    CHECK(keeping("auto", lingering) == Keeping::user_units);
    CHECK(keeping("systemd", logged_in) == Keeping::user_units);
    CHECK(keeping("systemd", root) == Keeping::systemd);
    for (const auto& one : {root, lingering}) CHECK(keeping("own", one) == Keeping::own);
}

TEST_CASE("supervise: systemd is refused where none can be asked") {
    CHECK(check_managers("systemd", {.root = true, .systemd = true}).ok());
    CHECK(check_managers("systemd", {.systemd = true, .of_user = true}).ok());
    CHECK(check_managers("auto", {}).ok());
    CHECK(check_managers("systemd", {.root = true}).error().message ==
          "target.supervise is systemd, which does not run on this host; write supervise: auto");
    CHECK(check_managers("systemd", {.systemd = true}).error().message.find("loginctl enable-linger") !=
          std::string::npos);
}

TEST_CASE("the unit of a job is known by its control group") {
    CHECK(job_unit("/system.slice/actions.runner.shop.service") == "actions.runner.shop.service");
    CHECK(job_unit("/user.slice/user-7.slice/user@7.service/app.slice/runner.service") == "runner.service");
    for (const auto* outlives :
         {"", "/", "/user.slice/user-7.slice/session-3.scope", "/user.slice/user-7.slice/user@7.service/init.scope"}) {
        INFO(outlives);
        CHECK(job_unit(outlives).empty());
    }
}

TEST_CASE("the folder of a user's systemd is told or the usual one") {
    CHECK(runtime_folder(fairlead::sys::Environment(
              std::map<std::string, std::string>{{"XDG_RUNTIME_DIR", "/run/x"}})) == "/run/x");
    CHECK(runtime_folder(fairlead::sys::Environment(std::map<std::string, std::string>{}))
              .string()
              .starts_with("/run/user/"));
}
