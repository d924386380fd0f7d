#include "cli/ways_out.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("a command that a message names gets the environment of this run") {
    cli::Spec spec;
    spec.tool = "migrate";
    spec.commands = {{.name = "up", .help = ""},
                     {.name = "repair", .help = ""},
                     {.name = "rules", .help = "", .reads_config = false}};
    const auto told = [&](std::string_view text) { return cli::with_environment(text, spec, "staging"); };
    CHECK(told("run: fairlead-migrate repair --mark-ran 1") ==
          "run: fairlead-migrate repair --env staging --mark-ran 1");
    CHECK(told("run `fairlead-migrate up`, or\nfairlead-migrate repair") ==
          "run `fairlead-migrate up --env staging`, or\nfairlead-migrate repair --env staging");
    CHECK(told("fairlead-migrate up -e x; fairlead-migrate up --env=x\n") ==
          "fairlead-migrate up -e x; fairlead-migrate up --env=x\n");
    CHECK(told("fairlead-migrate rules lists them") == "fairlead-migrate rules lists them");
    CHECK(cli::with_environment("fairlead-migrate up --env live", spec, "", "deploy/other one.yml") ==
          "fairlead-migrate up --config 'deploy/other one.yml' --env live");
    CHECK(cli::with_environment("fairlead-migrate up --config a.yml", spec, "live", "a.yml") ==
          "fairlead-migrate up --env live --config a.yml");
    CHECK(told("fairlead-migrate upon, my-fairlead-migrate up, fairlead-migrate") ==
          "fairlead-migrate upon, my-fairlead-migrate up, fairlead-migrate");
}

TEST_CASE("where a root is named instead of a fairlead.yml, commands name it, too") {
    cli::Spec spec;
    spec.tool = "deploy";
    spec.commands = {{.name = "rollback", .help = ""}, {.name = "status", .help = ""}, {.name = "lock", .help = ""}};
    std::string root;
    cli::Input input{.name = "root", .target = &root, .help = ""};
    input.of = {"rollback", "status"};
    spec.inputs = {input};
    const auto told = [&](std::string_view text) {
        return cli::instead_of_environment(text, spec, "root", "/srv/my shop");
    };
    CHECK(told("fairlead-deploy rollback RELEASE --env live") ==
          "fairlead-deploy rollback RELEASE --root '/srv/my shop'");
    CHECK(told("run `fairlead-deploy status --env live --rebuild`; or fairlead-deploy status.") ==
          "run `fairlead-deploy status --root '/srv/my shop' --rebuild`; or fairlead-deploy status --root '/srv/my "
          "shop'.");
    CHECK(told("fairlead-deploy status --root '/srv/my shop' # what serves") ==
          "fairlead-deploy status --root '/srv/my shop' # what serves");
    CHECK(told("my-fairlead-deploy status, or --env live") == "my-fairlead-deploy status, or --env live");
    CHECK(told("fairlead-deploy lock --env live") == "fairlead-deploy lock --env live"); // it takes no root
    CHECK(told("in the folder of fairlead.yml: fairlead-deploy status --env live --rebuild") ==
          "in the folder of fairlead.yml: fairlead-deploy status --env live --rebuild");
}
