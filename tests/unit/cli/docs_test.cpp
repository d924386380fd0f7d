#include "base/text.h"
#include "support/catch.h"
#include "support/docs.h"
#include "sys/files.h"
#include "sys/process.h"

using namespace fairlead;
using test::blocks;

namespace {

sys::Output explain(const std::string& program, const std::string& text, const std::vector<std::string>& flags) {
    auto folder = sys::TemporaryFolder::make("docs test ");
    REQUIRE(folder.ok());
    REQUIRE(sys::write_file(folder->path() / "fairlead.yml", text).ok());
    sys::Command command{.argv = {program, "--explain-config"}, .folder = folder->path().string()};
    command.argv.insert(command.argv.end(), flags.begin(), flags.end());
    command.environment = std::vector<std::string>{"PATH=/usr/bin:/bin"};
    auto done = sys::run(command);
    REQUIRE(done.ok());
    return std::move(done).value();
}

}

TEST_CASE("the page on the configuration is true") {
    const std::string page = test::read(FAIRLEAD_SOURCE "/docs/configuration.md");
    const std::string example = blocks(page, "yaml").at(0);
    const auto programs = sys::list_folder(FAIRLEAD_BIN);
    REQUIRE(programs.ok());
    CHECK(programs->size() > 1);
    for (const std::string& program : programs.value()) {
        if (!program.starts_with("fairlead") || program == "fairlead-load") continue; // a client of the tests
        const auto done = explain(FAIRLEAD_BIN "/" + program, example, {"--env", "production"});
        INFO(program << ": " << done.err);
        CHECK(done.status == 0);
    }
    const std::string gate = FAIRLEAD_BIN "/fairlead-gate";
    const auto plain = explain(gate, example, {});
    CHECK(plain.out.find("min-tests = 20 (fairlead.yml:4:16)\nmax-failed") != std::string::npos);
    CHECK(plain.out.find("min-coverage = 80 (fairlead.yml:") != std::string::npos);
    CHECK(explain(gate, example, {"-e", "staging"}).out.find("min-coverage = 70 (") != std::string::npos);
    const auto wrong = explain(gate, "version: 1\napp: shop\ngate:\n  tests: {mim: 20}\n", {});
    CHECK(wrong.status == 2);
    CHECK(wrong.err == blocks(page, "text").at(0));
}
