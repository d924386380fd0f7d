#include "base/disarm.h"
#include "base/printable.h"
#include "base/text.h"
#include "report/formats.h"
#include "report/github.h"
#include "support/catch.h"
#include "support/runner.h"
#include "sys/files/log.h"
#include "unit/report/rendered.h"
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

// File names, commit messages, report texts and outputs as an attacker would write them.
using namespace fairlead;
using namespace fairlead::report;
using fairlead::test::rendered;
using fairlead::test::runner::Command;
using fairlead::test::runner::commands_in;

namespace {

const std::string forgeries[] = {
    "::set-output name=digest::evil",
    "   ::error file=a.cpp,line=1::forged",
    "first line\n::add-mask::e",
    "first line\r::stop-commands::pause",
    "first line\r\n\t::save-state name=isPost::true",
    "src/##[set-output name=digest]evil.cpp",
    "####[error]forged",
    "##[##[group]x]y",
    "::ERROR::upper case",
    "\u2003\u00a0::warning::blanks that only Unicode knows",
    "\u2028::notice::a line separator",
    "a\u2029b\u0085::debug::more separators\n\ufeff::debug::a byte order mark",
    "%0A::set-output name=a::b",
    "%0D%0A##[error]%25",
    "title\nghadelimiter_00000000000000000000000000000000\nadmin=true",
    "x\nEOF\nadmin<<EOF\ntrue\nEOF\nEOF",
    "\nadmin=true\n",
    "a,title=forged::b:line=1,",
    "]]>\n::set-env name=PATH::/tmp\n<!-- | `x` @everyone [a](javascript:b) <script>",
    "::stop-commands::\n::::\n::x\n\xFF::add-path::/tmp\n::add-path::/tmp",
};

Report hostile_report(const std::string& text) {
    Report report{.tool = "gate", .verdict = Verdict::fail};
    report.findings = {{.rule = text, .file = text, .line = 3, .column = 1, .message = text, .refs = {text}}};
    report.skipped = {{text, text}};
    report.text = text;
    report.closing = text;
    report.cases = {{.suite = text, .name = text, .failure = text, .skipped = text, .output = text}};
    return report;
}

std::string shown(const std::vector<Command>& commands) {
    std::string text;
    for (const Command& command : commands) text += command.name + "(" + command.data + ") ";
    return text;
}

// What `write` leaves on stderr.
template <typename Write>
std::string stderr_of(Write write) {
    const auto path = std::filesystem::temp_directory_path() / ("fairlead-forgery-" + std::to_string(::getpid()));
    const int before = ::dup(2);
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, 2);
    write();
    ::dup2(before, 2);
    ::close(file);
    ::close(before);
    std::string text = test::read(path.string());
    std::filesystem::remove(path);
    return text;
}

}

TEST_CASE("there are twenty forgeries, and most are commands as long as nothing disarms them") {
    CHECK(std::size(forgeries) == 20);
    std::size_t armed = 0;
    for (const std::string& text : forgeries) armed += commands_in(text).empty() ? 0 : 1;
    CHECK(armed >= 12);
}

TEST_CASE("no forgery reaches a log as a command, in any format") {
    for (const std::string& text : forgeries) {
        INFO(text);
        const Report report = hostile_report(text);
        // These two are disarmed where they go to a log that is parsed.
        CHECK(shown(commands_in(disarm(rendered(report, "text")))) == "");
        CHECK(shown(commands_in(disarm(rendered(report, "markdown")))) == "");
        for (const std::string_view format : {"sarif", "json", "junit"}) {
            const std::string bytes = rendered(report, format);
            CHECK(shown(commands_in(bytes)) == "");
            CHECK(disarm(bytes) == bytes);
        }
    }
}

TEST_CASE("a forgery in a finding becomes one annotation of the finding's own") {
    for (const std::string& text : forgeries) {
        INFO(text);
        const std::vector<Command> commands = commands_in(rendered(hostile_report(text), "github"));
        REQUIRE(commands.size() == 1);
        CHECK(commands[0].name == "error");
        CHECK(commands[0].properties.size() == 4);
        // Line ends are escaped by the command's own rules; what else would steer a terminal is not written as it is.
        std::vector<std::string> lines = split(text, '\r');
        for (std::string& line : lines) line = printable(line);
        CHECK(commands[0].properties.at("file") == join(lines, "\r"));
        CHECK(commands[0].properties.at("line") == "3");
    }
}

TEST_CASE("a forgery in the JSON is read back as it was") {
    for (const std::string& text : forgeries) {
        INFO(text);
        const auto json = nlohmann::json::parse(rendered(hostile_report(text), "json"));
        CHECK(json["findings"][0]["file"] == to_valid_utf8(text));
        CHECK(json["findings"].size() == 1);
    }
}

TEST_CASE("a forgery stays in its cell of the summary") {
    for (const std::string& text : forgeries) {
        INFO(text);
        Report report = hostile_report(text);
        report.cases.clear();
        const std::string markdown = rendered(report, "markdown");
        const std::vector<std::string> lines = split(markdown, '\n');
        REQUIRE(lines.size() == 10); // title, closing, table of one row, what was skipped: nothing more
        const std::string row = replace_all(lines[6], "\\|", "");
        CHECK(std::count(row.begin(), row.end(), '|') == 5);
        CHECK(markdown.find("<script") == std::string::npos);
        CHECK(markdown.find("@everyone") == std::string::npos);
        CHECK(markdown.find("##[") == std::string::npos);
    }
}

TEST_CASE("a forgery as an output is one pair with that value") {
    std::string file;
    std::vector<std::pair<std::string, std::string>> written;
    for (const std::string& text : forgeries) {
        const std::string name = "output_" + std::to_string(written.size());
        file += output_pair(name, text).value();
        written.emplace_back(name, text);
        CHECK_FALSE(output_pair(text, "value").ok());
    }
    const auto read = test::runner::read_pairs(file);
    CHECK(read.error.empty());
    CHECK(read.pairs == written);
}

TEST_CASE("no forgery in the log is a command") {
    for (const sys::LogFormat format : {sys::LogFormat::text, sys::LogFormat::json}) {
        const std::string log = stderr_of([&] {
            sys::configure_log({.format = format, .color = sys::Color::never, .github = true});
            for (const std::string& text : forgeries) {
                sys::log_warning(text);
                sys::log_error(describe(usage(text, {.file = text, .line = 1, .column = 2, .excerpt = text})));
            }
        });
        INFO(log);
        CHECK(log.size() > 1000);
        CHECK(shown(commands_in(log)) == "");
    }
    sys::configure_log({});
}
