#include "base/text.h"
#include "cli/render/render.h"
#include "report/report.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include "unit/cli/sample.h"

using namespace fairlead;

namespace {

std::vector<sys::Json> rows_of(const cli::Spec& spec) {
    std::vector<sys::Json> rows;
    for (const auto& line : split(trim(cli::render_commands(spec)), '\n')) rows.push_back(sys::Json::parse(line));
    return rows;
}

const sys::Json& named(const sys::Json& row, const std::string& list, const std::string& name) {
    for (const auto& one : row.at(list))
        if (one.value(list == "needs" ? "need" : "name", "") == name) return one;
    FAIL(name << " is not among its " << list);
    return row;
}

bool has_input(const sys::Json& row, const std::string& input) {
    for (const auto& one : row.at("inputs"))
        if (one.at("name") == input) return true;
    return false;
}

}

TEST_CASE("every command has a line of its own, a hidden one too, with what it may do") {
    test::Options options;
    const auto rows = rows_of(test::sample_spec(options));
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].at("executable") == "fairlead-sample");
    CHECK(rows[0].at("command") == "show");
    CHECK(rows[0].at("default") == true);
    CHECK(rows[0].at("acts") == true);
    CHECK(rows[0].at("irreversible") == true);
    CHECK(rows[1].at("command") == "check");
    CHECK(rows[1].at("acts") == false);
    CHECK(rows[1].at("default") == false);
    CHECK(rows[2].at("hidden") == true);
}

TEST_CASE("a command's line has the inputs that it takes and no other's, and a secret without a flag") {
    test::Options options;
    const auto rows = rows_of(test::sample_spec(options));
    CHECK(has_input(rows[0], "note"));
    CHECK_FALSE(has_input(rows[1], "note"));
    CHECK(has_input(rows[0], "dry-run"));
    CHECK_FALSE(has_input(rows[1], "dry-run"));
    const auto& token = named(rows[1], "inputs", "token");
    CHECK(token.at("secret") == true);
    CHECK(token.at("flag") == "");
    CHECK(token.at("variables").at(0) == "INPUT_TOKEN");
    CHECK(named(rows[1], "inputs", "tags").at("allowed") == sys::Json{"a", "b", "c"});
    CHECK(named(rows[1], "inputs", "config").at("common") == true);
}

TEST_CASE("a command that reads no fairlead.yml takes neither config nor env") {
    test::Options options;
    auto spec = test::sample_spec(options);
    spec.commands[1].reads_config = false;
    const auto rows = rows_of(spec);
    CHECK(has_input(rows[0], "env"));
    CHECK_FALSE(has_input(rows[1], "env"));
    CHECK_FALSE(has_input(rows[1], "config"));
}

TEST_CASE("a command's line has the needs that can be its own") {
    test::Options options;
    auto spec = test::sample_spec(options);
    spec.needs = {{cli::Need::network, "", "", "check"}, {cli::Need::programs_at_first, "note"}};
    const auto rows = rows_of(spec);
    REQUIRE(rows[0].at("needs").size() == 1);
    CHECK(named(rows[0], "needs", "programs_at_first").at("input") == "note");
    REQUIRE(rows[1].at("needs").size() == 1);
    CHECK(named(rows[1], "needs", "network").at("input") == "");
}

TEST_CASE("a tool without commands has one line, and another for the word rules where it has some") {
    test::Options options;
    auto spec = test::sample_spec(options);
    spec.commands.clear();
    spec.command = nullptr;
    spec.inputs.erase(spec.inputs.begin() + 1, spec.inputs.end());
    CHECK(rows_of(spec).size() == 1);
    CHECK(rows_of(spec)[0].at("command") == "");
    const report::Rule rules[] = {{.id = "a", .title = "A."}};
    spec.rules = rules;
    const auto rows = rows_of(spec);
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].at("command") == "rules");
    CHECK_FALSE(has_input(rows[1], "name"));
}
