#include "cli/hold.h"
#include "support/catch.h"
#include "unit/cli/sample.h"

using namespace fairlead;
using cli::Need;
using Programs = cli::Held::Programs;

namespace {

struct Asked {
    std::vector<cli::NeedWhen> needs = {};
    cli::Words words = {};
    std::map<std::string, std::string> variables = {};
};

cli::Held held(const Asked& asked) {
    test::Options options;
    cli::Spec spec = test::sample_spec(options);
    spec.needs = asked.needs;
    return cli::held(spec, asked.words, sys::Environment(asked.variables));
}

}

TEST_CASE("a tool that names no need has none") {
    CHECK_FALSE(held({}).network);
    CHECK(held({}).programs == Programs::none);
    CHECK(held({{{Need::network}}}).network);
    CHECK(held({{{Need::network}}}).programs == Programs::none);
    CHECK(held({{{Need::programs_at_first}}}).programs == Programs::at_first);
    CHECK(held({{{Need::programs_at_first}, {Need::programs}}}).programs == Programs::always);
    CHECK(held({{{Need::programs}, {Need::programs_at_first}}}).programs == Programs::always);
}

TEST_CASE("a need of an input is there when a person or the workflow gave it") {
    const std::vector<cli::NeedWhen> needs = {{Need::network, "strict"}, {Need::programs_at_first, "strict"}};
    CHECK_FALSE(held({needs}).network);
    CHECK(held({needs, {{{"strict", {"true"}}}, {}}}).network);
    CHECK(held({needs, {}, {{"INPUT_STRICT", "true"}}}).programs == Programs::at_first);
    CHECK(held({needs, {}, {{"FAIRLEAD_SAMPLE_STRICT", "true"}}}).network);
    CHECK(held({needs, {}, {{"FAIRLEAD_STRICT", "yes"}}}).network);
    CHECK_FALSE(held({needs, {}, {{"INPUT_STRICT", "false"}}}).network); // a workflow that writes every input down
    CHECK_FALSE(held({needs, {}, {{"INPUT_STRICT", ""}}}).network);
    CHECK_FALSE(held({needs, {{{"name", {"strict"}}}, {"strict"}}}).network);
}

TEST_CASE("a need of a variable is there when it is set") {
    const std::vector<cli::NeedWhen> needs = {{Need::network, "", "API"}};
    CHECK_FALSE(held({needs}).network);
    CHECK_FALSE(held({needs, {}, {{"API", ""}}}).network);
    CHECK(held({needs, {}, {{"API", "https://api.example.org"}}}).network);
}

TEST_CASE("a need of a command is there when that is asked for") {
    const std::vector<cli::NeedWhen> needs = {{Need::programs, "", "", "release"}};
    CHECK(held({needs}).programs == Programs::none);
    CHECK(held({needs, {{}, {"release"}}}).programs == Programs::always);
    CHECK(held({needs, {{}, {"other", "release"}}}).programs == Programs::none);
    CHECK(held({needs, {}, {{"INPUT_COMMAND", "release"}}}).programs == Programs::always);
    CHECK(held({needs, {}, {{"FAIRLEAD_SAMPLE_COMMAND", " release "}}}).programs == Programs::always);
    CHECK(held({needs, {{}, {"other"}}, {{"INPUT_COMMAND", "release"}}}).programs == Programs::none);
}

TEST_CASE("the README says what a tool is held to") {
    const auto said = [](std::vector<cli::NeedWhen> needs) {
        test::Options options;
        cli::Spec spec = test::sample_spec(options);
        spec.needs = std::move(needs);
        return cli::describe_needs(spec);
    };
    constexpr auto held = ". It changes only the files that it is asked to write, and in CI its verdict in "
                          "`.fairlead/out`. If the kernel supports it (seccomp, Landlock), the kernel enforces this.\n";
    CHECK(said({}) == std::string("It starts no program. It opens no connection") + held);
    CHECK(said({{Need::network}, {Need::programs}}).empty());
    CHECK(said({{Need::network}, {Need::programs_at_first}}) ==
          std::string("It starts no program once it opens a connection") + held);
    CHECK(said({{Need::network, "strict"}, {Need::programs_at_first, "strict"}}) ==
          std::string("It starts a program only with `strict`. It opens a connection only with `strict`") + held);
    CHECK(said({{Need::network, "", "", "up"},
                {Need::network, "", "", "up"},
                {Need::network, "", "", "down"},
                {Need::network, "", "", "redo"},
                {Need::network, "strict"}}) ==
          std::string("It starts no program. It opens a connection only with `strict` or for `up`, `down` or `redo`") +
              held);
}
