#include "support/docs.h"
#include "base/text.h"
#include "support/support.h"
#include "sys/data/yaml.h"
#include "unit/tag/support.h"
#include <cstdlib>

using namespace fairlead;

namespace {

using Variables = std::map<std::string, std::string>;

// A repository with what the page's examples speak of.
tag::test::Scratch repository() {
    tag::test::Scratch scratch;
    scratch.commit("feat: begin", "api/begin");
    scratch.git({"tag", "v1.2.0"});
    scratch.git({"tag", "api/v1.3.9"});
    scratch.commit("fix: mend", "api/mend");
    scratch.git({"tag", "v1.2.3"});
    scratch.git({"tag", "api/v1.4.0"});
    scratch.commit("feat: more", "web/more");
    return scratch;
}

sys::Output run(const std::string& folder, const std::string& line, const Variables& variables = {}) {
    sys::Command command{{"/bin/sh", "-c", line}, folder};
    command.environment = {"PATH=" + ::fairlead::test::program("") + ":" + std::string(std::getenv("PATH")),
                           "HOME=" + folder};
    for (const auto& [name, value] : variables) command.environment->push_back(name + "=" + value);
    auto done = sys::run(command);
    REQUIRE(done.ok());
    return std::move(done).value();
}

std::string page() { return ::fairlead::test::read(::fairlead::test::source("docs/tag.md")); }

}

TEST_CASE("every command line of the pages on tag runs") {
    const auto scratch = repository();
    std::size_t lines = 0;
    std::string text = page();
    for (const auto* name : {"version", "release", "latest"})
        text += ::fairlead::test::read(::fairlead::test::source("docs/tag-" + std::string(name) + ".md"));
    for (const auto& block : ::fairlead::test::blocks(text, "sh")) {
        for (const auto& line : split(block, '\n')) {
            if (line.empty()) continue;
            const auto done = run(scratch.path(), line);
            INFO(line << "\n" << done.out << done.err);
            CHECK(done.status == 0);
            CHECK_FALSE(done.out.empty());
            CHECK(line.rfind("fairlead-tag", 0) == 0);
            ++lines;
        }
    }
    CHECK(lines >= 5);
}

TEST_CASE("the page's step gives tags") {
    const auto scratch = repository();
    const auto step = sys::parse_yaml(::fairlead::test::blocks(page(), "yaml").at(0), "tag.md");
    REQUIRE(step.ok());
    Variables variables = {{"GITHUB_EVENT_NAME", "push"}, {"GITHUB_REF", "refs/tags/v1.2.3"}};
    for (const auto& [name, value] : step->items.at(0).find("with")->entries)
        variables["INPUT_" + upper(replace_all(name.scalar, "-", "_"))] = value.scalar;
    variables["GITHUB_SHA"] = scratch.git({"rev-parse", "v1.2.3"});
    const auto done = run(scratch.path(), "fairlead-tag --format lines", variables);
    INFO(done.err);
    CHECK(done.status == 0);
    const auto sha = "ghcr.io/acme/shop:sha-" + variables["GITHUB_SHA"].substr(0, 7);
    CHECK(done.out == "ghcr.io/acme/shop:1.2.3\nghcr.io/acme/shop:1.2\n" + sha + "\nghcr.io/acme/shop:latest\n");
}

TEST_CASE("the page's components select their tags") {
    const auto scratch = repository();
    REQUIRE(sys::write_file(scratch.path() + "/fairlead.yml",
                            "version: 1\n" + ::fairlead::test::blocks(page(), "yaml").at(1))
                .ok());
    const auto done = run(scratch.path(), "fairlead-tag --component api --ref refs/tags/api/v1.4.0 --flavor "
                                          "latest=highest --tags type=semver,pattern={{version}} --format lines");
    INFO(done.err);
    CHECK(done.out == "1.4.0\nlatest\n");
}
