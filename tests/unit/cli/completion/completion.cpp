#include "cli/completion/completion.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "unit/cli/sample.h"

using namespace fairlead;

// What the shells offer: tests/cli/completions.py.

TEST_CASE("a sentence of any kind stays text in each shell's script") {
    test::Options options;
    cli::Spec spec = test::sample_spec(options);
    const std::string nasty = "it's \"a\" `b` $(touch ACTED) [c:d] \\ e;f | #g é'";
    spec.inputs[0].help = spec.commands[0].help = nasty;
    auto folder = sys::TemporaryFolder::make("cli test ");
    REQUIRE(folder.ok());
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const auto script = cli::render_completion(spec, shell);
        REQUIRE(script);
        INFO(*script);
        const auto file = folder->path() / shell;
        REQUIRE(sys::write_file(file, *script).ok());
        const auto read = sys::run({.argv = {shell, "-n", file.string()}});
        if (!read.ok()) continue; // the shell is not here
        INFO(shell << ": " << read->err);
        CHECK(read->status == 0);
        CHECK(read->err.empty());
    }
    CHECK_FALSE(cli::render_completion(spec, "csh"));
}

TEST_CASE("what is asked while somebody types is answered in any folder, by names alone") {
    const auto asked = [](const std::string& config) {
        const auto ran = test::run_sample({.arguments = {"--render", "environments"}, .config = config});
        CHECK(ran.status == 0);
        CHECK(ran.err.empty());
        return ran.out;
    };
    CHECK(
        asked("version: 1\nenvironments: {staging: {}, a.b-c_1: {}, $(x): {}, -e: {}, \"a b\": {}, \"a\\nb\": {}}\n") ==
        "staging\na.b-c_1\n");
    CHECK(asked("version: [").empty());
    CHECK(asked("environments: 7\n").empty());
    CHECK(asked("").empty());
}
