#include "base/text.h"
#include "support/catch.h"
#include "sys/files.h"
#include "sys/process.h"

using namespace fairlead;

TEST_CASE("every command line of the page on deploy is understood, with the page's fairlead.yml") {
    const std::string page = test::read(FAIRLEAD_SOURCE "/docs/deploy.md");
    const auto begin = page.find("# fairlead.yml");
    REQUIRE(begin != std::string::npos);
    const auto folder = sys::TemporaryFolder::make("docs test ").value();
    sys::write_file(folder.path() / "fairlead.yml", page.substr(begin, page.find("```", begin) - begin)).value();
    int lines = 0;
    for (const std::string& line : split(page, '\n')) {
        if (!line.starts_with("fairlead-deploy ")) continue;
        const auto command = line.substr(0, line.find_first_of("#>"));
        const auto done = sys::run({.argv = {"/bin/sh", "-c", FAIRLEAD_BIN "/" + command + " --explain-config"},
                                    .folder = folder.path().string(),
                                    .environment = std::vector<std::string>{"PATH=/usr/bin:/bin"}});
        REQUIRE(done.ok());
        INFO(line << ": " << done->err);
        CHECK(done->status == 0);
        CHECK(done->out.find("env = staging (") != std::string::npos);
        ++lines;
    }
    CHECK(lines == 7);
}
