#include "report/formats.h"
#include "report/github.h"
#include "support/catch.h"
#include "support/runner.h"
#include <nlohmann/json.hpp>

using namespace fairlead;

namespace {

std::optional<nlohmann::json> cases() {
    const auto folder = test::conformance("actions");
    if (!folder) return std::nullopt;
    return nlohmann::json::parse(test::read(*folder + "/commands.json")).at("cases");
}

}

TEST_CASE("the reader of these tests finds the commands that GitHub's runner finds") {
    const auto all = cases();
    if (!all) SKIP_LOUDLY("conformance", "../shared/conformance/actions is not there");
    REQUIRE(all->size() >= 19);
    for (const auto& one : *all) {
        INFO(one.at("line"));
        const auto command = test::runner::parse_line(one.at("line").get<std::string>());
        REQUIRE(command.has_value() == !one.at("command").is_null());
        if (!command) continue;
        CHECK(command->name == one.at("command").get<std::string>());
        CHECK(command->properties == one.at("properties").get<std::map<std::string, std::string>>());
        CHECK(command->data == one.at("data").get<std::string>());
    }
}

TEST_CASE("no line with a command keeps it once it is disarmed") {
    const auto all = cases();
    if (!all) SKIP_LOUDLY("conformance", "../shared/conformance/actions is not there");
    for (const auto& one : *all) {
        const auto line = one.at("line").get<std::string>();
        INFO(line);
        for (const std::string& text :
             {line, "first\n" + line, "first\r" + line, "\u2003" + line, line + "\n" + line}) {
            CHECK(test::runner::commands_in(disarm(text)).empty());
        }
    }
}

TEST_CASE("a finding full of commands becomes one annotation that means what was found") {
    const auto all = cases();
    if (!all) SKIP_LOUDLY("conformance", "../shared/conformance/actions is not there");
    for (const auto& one : *all) {
        const auto line = one.at("line").get<std::string>();
        INFO(line);
        report::Report report{.tool = "scan", .verdict = report::Verdict::fail};
        report.findings.push_back({.rule = line, .file = line, .line = 3, .column = 5, .message = line});
        report.text = line;
        report.closing = line;
        const auto commands = test::runner::commands_in(report::write_github(report));
        REQUIRE(commands.size() == 1);
        CHECK(commands[0].name == "error");
        CHECK(commands[0].properties ==
              std::map<std::string, std::string>{{"file", line}, {"line", "3"}, {"col", "5"}, {"title", line}});
        CHECK(commands[0].data == line);
    }
}
