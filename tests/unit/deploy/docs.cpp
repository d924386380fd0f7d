#include "base/text.h"
#include "deploy/direct/variables.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"

using namespace fairlead;

TEST_CASE("every command line of the page on deploy is understood, with the page's fairlead.yml") {
    const std::string page = fairlead::test::read(fairlead::test::source("docs/deploy.md"));
    const auto begin = page.find("# fairlead.yml");
    REQUIRE(begin != std::string::npos);
    const auto folder = sys::TemporaryFolder::make("docs test ").value();
    sys::write_file(folder.path() / "fairlead.yml", page.substr(begin, page.find("```", begin) - begin)).value();
    sys::write_file(folder.path() / ".env.staging", "STAGE=staging\n").value();
    int lines = 0;
    for (const std::string& line : split(page, '\n')) {
        if (!line.starts_with("fairlead-deploy ")) continue;
        const auto command = line.substr(0, line.find_first_of("#>"));
        const auto done =
            sys::run({.argv = {"/bin/sh", "-c", command + " --explain-config"},
                      .folder = folder.path().string(),
                      .environment = std::vector<std::string>{"PATH=" + fairlead::test::program("") + ":/usr/bin:/bin",
                                                              "DATABASE_URL=sqlite://"}});
        REQUIRE(done.ok());
        INFO(line << ": " << done->err);
        CHECK(done->status == 0);
        CHECK(done->out.find("env = staging (") != std::string::npos);
        ++lines;
    }
    CHECK(lines == 10);
}

TEST_CASE("the page's command for a keychain gives its secret as a variable") {
    const std::string page = fairlead::test::read(fairlead::test::source("docs/deploy-variables.md"));
    const auto begin = page.find("value=$(secret-tool");
    REQUIRE(begin != std::string::npos);
    const auto folder = sys::TemporaryFolder::make("docs test ").value();
    const auto keychain = [&](const std::string& answer) { // stands in for the real one
        sys::write_file(folder.path() / "secret-tool", "#!/bin/sh\n" + answer, 0755).value();
        deploy::Settings settings;
        settings.env_from = {"env", "PATH=" + folder.path().string() + ":/usr/bin:/bin", "sh", "-c",
                             page.substr(begin, page.find('\n', begin) - begin)};
        return deploy::gather_variables(settings, sys::Environment(std::map<std::string, std::string>{}));
    };
    const auto variables = keychain("[ \"$*\" = 'lookup service shop' ] && printf '%s' 'p \"w #$1'");
    REQUIRE(variables.ok());
    REQUIRE(variables->size() == 1);
    CHECK(variables->front().name == "DB_PASSWORD");
    CHECK(variables->front().value() == "p \"w #$1");
    CHECK_FALSE(variables->front().secret.empty());
    CHECK(keychain("exit 1").error().kind == Kind::could_not);
}
