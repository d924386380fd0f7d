#include "support/docs.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"

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
    const std::string page = test::read(test::source("docs/configuration.md"));
    const std::string example = blocks(page, "yaml").at(0);
    const auto programs = sys::list_folder(test::program(""));
    REQUIRE(programs.ok());
    CHECK(programs->size() > 1);
    for (const std::string& program : programs.value()) {
        if (!program.starts_with("fairlead") || program == "fairlead-load") continue; // a client of the tests
        const auto done = explain(test::program(program), example, {"--env", "production"});
        INFO(program << ": " << done.err);
        const bool spoken_of =
            program == "fairlead" || example.find("\n" + program.substr(9) + ":") != std::string::npos;
        if (spoken_of) CHECK(done.status == 0);
        CHECK(done.err.find("fairlead.yml:") == std::string::npos); // the others miss their section, not more
    }
    const std::string gate = test::program("fairlead-gate");
    const auto plain = explain(gate, example, {});
    CHECK(plain.out.find("min-tests = 20 (fairlead.yml:5:16)\nmax-failed") != std::string::npos);
    CHECK(plain.out.find("min-coverage = 80 (fairlead.yml:") != std::string::npos);
    CHECK(explain(gate, example, {"-e", "staging"}).out.find("min-coverage = 70 (") != std::string::npos);
    const auto wrong = explain(gate, "version: 1\napp: shop\ngate:\n  tests: {mim: 20}\n", {});
    CHECK(wrong.status == 2);
    CHECK(wrong.err == blocks(page, "text").at(0));
}
