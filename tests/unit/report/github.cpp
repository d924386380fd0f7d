#include "report/github.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "report/formats.h"
#include "support/catch.h"
#include "support/runner.h"

using namespace fairlead;
using namespace fairlead::report;
using test::runner::Command;
using test::runner::commands_in;

namespace {

std::map<std::string, std::string> properties_of(Finding finding) {
    Report report{.tool = "scan", .findings = {std::move(finding)}};
    const std::vector<Command> commands = commands_in(write_github(report));
    REQUIRE(commands.size() == 1);
    return commands[0].properties;
}

std::vector<Command> named(const std::vector<Command>& commands, std::string_view name) {
    std::vector<Command> found;
    for (const Command& command : commands) {
        if (command.name == name) found.push_back(command);
    }
    return found;
}

}

TEST_CASE("percent signs are escaped first") {
    CHECK(escape_data("50%\r\n%0A") == "50%25%0D%0A%250A");
    CHECK(escape_property("a:b,c%\n") == "a%3Ab%2Cc%25%0A");
}

TEST_CASE("columns are given only where the runner keeps them") {
    using Properties = std::map<std::string, std::string>;
    CHECK(properties_of({.file = "a", .line = 3, .column = 5, .end_line = 3, .end_column = 9}) ==
          Properties{{"file", "a"}, {"line", "3"}, {"col", "5"}, {"endColumn", "9"}});
    CHECK(properties_of({.file = "a", .line = 3, .column = 5, .end_line = 4, .end_column = 9}) ==
          Properties{{"file", "a"}, {"line", "3"}, {"endLine", "4"}});
    CHECK(properties_of({.file = "a", .line = 3, .column = 5, .end_column = 2}) ==
          Properties{{"file", "a"}, {"line", "3"}, {"col", "5"}});
    CHECK(properties_of({.file = "a", .column = 5}) == Properties{{"file", "a"}});
    CHECK(properties_of({.line = 3}) == Properties{});
}

TEST_CASE("info is a notice and what is waived, too; what is known is not annotated") {
    Report report{.tool = "scan"};
    report.findings = {{.rule = "i", .severity = Severity::info, .message = "i"},
                       {.rule = "w", .severity = Severity::warning, .message = "w"},
                       {.rule = "e", .message = "e"},
                       {.rule = "k", .message = "k", .state = State::known},
                       {.rule = "v", .message = "v", .state = State::waived, .waived = "waived"}};
    std::string order;
    for (const Command& command : commands_in(write_github(report))) order += command.name + command.data + " ";
    CHECK(order == "errore warningw noticei noticewaived: v ");
}

TEST_CASE("of each level ten are annotated; the tenth says how many more, the log has them") {
    Report report{.tool = "scan"};
    for (int i = 1; i <= 25; ++i) {
        report.findings.push_back({.rule = "r", .file = "f", .line = i, .message = "error " + std::to_string(i)});
    }
    for (int i = 1; i <= 10; ++i) {
        report.findings.push_back({.rule = "r", .severity = Severity::warning, .file = "f", .line = i, .message = "w"});
    }
    report.findings.push_back({.rule = "whole", .message = "no test ran"});
    const std::string text = write_github(report);
    const auto errors = named(commands_in(text), "error");
    REQUIRE(errors.size() == 10);
    CHECK(errors[0].data == "no test ran"); // what has no place speaks of the whole
    CHECK(errors[8].data == "error 8");
    CHECK(errors[9].data == "error 9\n(and 16 more errors; see the log and the job summary)");
    CHECK(text.find("\nf:10: error 10 [r]\n") != std::string::npos);
    CHECK(text.find("\nf:25: error 25 [r]\n") != std::string::npos);
    const auto warnings = named(commands_in(text), "warning");
    REQUIRE(warnings.size() == 10);
    CHECK(warnings[9].data == "w");
}

TEST_CASE("an error of the tool itself takes one of the ten places") {
    Report report{.tool = "gate", .verdict = Verdict::error};
    report.error = usage("unknown key", {.file = "fairlead.yml", .line = 7, .column = 3});
    for (int i = 0; i < 12; ++i) report.findings.push_back({.rule = "r", .message = "m"});
    const auto commands = commands_in(write_github(report));
    REQUIRE(commands.size() == 10);
    CHECK(commands[0].data == "unknown key");
    CHECK(commands[0].properties.at("file") == "fairlead.yml");
    CHECK(commands[0].properties.at("col") == "3");
    CHECK(commands[9].data.find("3 more errors") != std::string::npos);
}

TEST_CASE("a message longer than the runner keeps is cut between characters") {
    std::string message = "x";
    for (int i = 0; i < 3000; ++i) message += "é";
    const auto commands = commands_in(write_github({.tool = "scan", .findings = {{.rule = "r", .message = message}}}));
    REQUIRE(commands.size() == 1);
    CHECK(commands[0].data.size() < 4096);
    CHECK(valid_utf8(commands[0].data));
    CHECK(commands[0].data.ends_with("…"));
}

TEST_CASE("an output is one pair with a delimiter nobody can guess") {
    const auto first = output_pair("image-tag_1", "a\nb").value();
    const auto second = output_pair("image-tag_1", "a\nb").value();
    CHECK(first != second);
    CHECK(first.starts_with("image-tag_1<<ghadelimiter_"));
    CHECK(split(first, '\n')[0].size() == std::string("image-tag_1<<ghadelimiter_").size() + 32);
    CHECK(test::runner::read_pairs(first).pairs ==
          std::vector<std::pair<std::string, std::string>>{{"image-tag_1", "a\nb"}});
    for (const std::string value : {"", "\n", "a\n", "\r\n", "a=b", "x<<y"}) {
        CHECK(test::runner::read_pairs(output_pair("n", value).value()).pairs ==
              std::vector<std::pair<std::string, std::string>>{{"n", value}});
    }
    for (const std::string name : {"", "a b", "a=b", "a<<b", "1a", "-a", "a\nb", "ä"}) {
        const auto refused = output_pair(name, "v");
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().kind == Kind::usage);
    }
}

TEST_CASE("Markdown shows foreign text and does nothing with it") {
    CHECK(escape_markdown("plain text, v1.2") == "plain text, v1.2");
    CHECK(escape_markdown("a|b") == "a\\|b");
    CHECK(escape_markdown("<img src=x> & co") == "&lt;img src=x&gt; &amp; co");
    CHECK(escape_markdown("thanks @octocat") == "thanks @&#8203;octocat");
    CHECK(escape_markdown("# a\n\n- b\r\n\tc ") == "\\# a - b c ");
    CHECK(escape_markdown("`x` *y* _z_ [l](u) ![i](u) ~~s~~ $m$") ==
          "\\`x\\` \\*y\\* \\_z\\_ \\[l\\](u) \\!\\[i\\](u) \\~\\~s\\~\\~ \\$m\\$");
    CHECK(escape_markdown("a\u202eb \u2066c\u2069") == "a b c ");
    CHECK(escape_markdown("\\| \x1b[0m \xFF") == "\\\\\\| \\[0m \uFFFD");
}

TEST_CASE("what a change silences is annotated however much else was found") {
    Report report{.tool = "scan"};
    for (int i = 0; i < 12; ++i)
        report.findings.push_back({.rule = "scan/x", .severity = Severity::warning, .message = std::to_string(i)});
    report.findings.push_back({.rule = "scan/silenced", .severity = Severity::warning, .message = "silenced"});
    CHECK(named(commands_in(write_github(report)), "warning").front().data == "silenced");
}

TEST_CASE("a finding that is only in the log is no command, whatever it says") {
    Report report{.tool = "gate"};
    for (int i = 0; i < 12; ++i) report.findings.push_back({.rule = "gate/x", .message = "a\n::stop-commands::x"});
    for (const Command& command : commands_in(write_github(report))) CHECK(command.name == "error");
}

TEST_CASE("an error's annotation shows no secret") {
    const Secret secret(std::string("value-of-an-error"));
    Error error = could_not("the server refused value-of-an-error");
    error.place.file = "value-of-an-error/fairlead.yml";
    CHECK(annotation_of(error, "fairlead").find("value-of-an-error") == std::string::npos);
}
