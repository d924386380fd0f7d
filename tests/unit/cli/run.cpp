#include "base/text.h"
#include "report/github.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/signals.h"
#include "unit/cli/sample.h"
#include <csignal>
#include <stdexcept>

using namespace fairlead;
using fairlead::test::has;
using report::Report;
using report::Verdict;
using test::run_sample;

namespace {

const std::map<std::string, std::string> on_github = {{"GITHUB_ACTIONS", "true"}, {"CI", "true"}};

test::Tool returns(Report report) {
    return [report = std::move(report)](const cli::Context&, const test::Options&) { return report; };
}

Report with_finding() {
    Report report;
    report.verdict = Verdict::fail;
    report.findings = {{.rule = "sample/x", .file = "a.txt", .line = 3, .column = 1, .message = "is wrong"}};
    report.facts = "failed: 1 finding";
    return report;
}

}

TEST_CASE("the exit status is the verdict's") {
    CHECK(run_sample({}, returns({})).status == 0);
    CHECK(run_sample({}, returns(with_finding())).status == 1);
    const auto fails = [](Error error) { return [=](auto&, auto&) -> Result<Report> { return error; }; };
    CHECK(run_sample({}, fails(no("x is unreadable"))).status == 1);
    CHECK(run_sample({}, fails(usage("x is wrong"))).status == 2);
    CHECK(run_sample({}, fails(could_not("x is away"))).status == 3);
}

TEST_CASE("text shows findings and the closing line; findings may go to stderr") {
    const auto plain = run_sample({}, returns(with_finding()));
    CHECK(plain.out == "a.txt:3:1: is wrong [sample/x]\nfailed: 1 finding\n");
    CHECK(plain.err.empty());
    const auto apart = run_sample({.findings_on_stderr = true}, returns(with_finding()));
    CHECK(apart.out == "failed: 1 finding\n");
    CHECK(apart.err == "a.txt:3:1: is wrong [sample/x]\n");
}

TEST_CASE("an error is said once, on stderr, and in JSON where that was asked for") {
    const test::Tool tool = [](auto&, auto&) -> Result<Report> { return could_not("the engine is away; start it"); };
    const auto text = run_sample({}, tool);
    CHECK(text.out.empty());
    CHECK(text.err == "the engine is away; start it\n");
    const auto json = run_sample({.arguments = {"--format", "json", "--output", "report.json"}}, tool);
    const auto parsed = sys::parse_json(json.out, "stdout").value();
    CHECK(parsed["verdict"] == "error");
    CHECK(parsed["tool"] == "sample");
    CHECK(parsed["error"]["message"] == "the engine is away; start it");
    CHECK(json.file == json.out);
    CHECK(json.status == 3);
}

TEST_CASE("under GitHub an error is an annotation, once") {
    const std::string config = "sample: {nam: x}\n";
    const auto ran = run_sample({.variables = on_github, .config = config});
    CHECK(ran.status == 2);
    const std::string all = ran.out + ran.err;
    CHECK(has(all, "::error file=fairlead.yml,line=1,col=10"));
    CHECK(all.find("::error") == all.rfind("::error"));
    const auto json = run_sample({.arguments = {"--format", "json"}, .variables = on_github, .config = config});
    CHECK(has(json.err,
              "::error file=fairlead.yml,line=1,col=10::key 'nam' is unknown in sample; did you mean 'name'?\n"));
    CHECK_FALSE(has(json.out, "::error"));
}

TEST_CASE("the default format is text, under GitHub its own") {
    CHECK(run_sample({}, returns(with_finding())).out.starts_with("a.txt:3:1:"));
    CHECK(has(run_sample({.variables = on_github}, returns(with_finding())).out, "::error file=a.txt,line=3"));
    CHECK(has(run_sample({.arguments = {"--format=text"}, .variables = on_github}, returns(with_finding())).out,
              "a.txt:3:1:"));
}

TEST_CASE("foreign text is never a command in the log") {
    Report report;
    report.text = "::set-output name=x::y\nplain ##[error]forged\n";
    const auto text = run_sample({.arguments = {"--format=text"}, .variables = on_github}, returns(report));
    CHECK_FALSE(has("\n" + text.out, "\n::"));
    CHECK_FALSE(has(text.out, "##["));
    report.members = {report::member("title", "##[error]forged")};
    const auto json = run_sample({.arguments = {"--format=json"}, .variables = on_github}, returns(report));
    CHECK_FALSE(has(json.out, "##["));
    CHECK(sys::parse_json(json.out, "stdout").value()["title"] == "##[error]forged");
    report.bodies["haiku"] = report.text;
    CHECK_FALSE(has(run_sample({.arguments = {"--format=haiku"}, .variables = on_github}, returns(report)).out, "##["));
    CHECK(run_sample({.arguments = {"--format=haiku"}}, returns(report)).out == report.text);
    const auto word = run_sample(
        {.arguments = {"##[error]x"}, .variables = {{"GITHUB_ACTIONS", "true"}, {"INPUT_FORMAT", "\n::error::x"}}});
    CHECK_FALSE(has("\n" + word.err, "\n::error::x"));
}

TEST_CASE("outputs are pairs that nobody forges") {
    Report report;
    const std::string forged = "x\nEOF\nevil=1\nevil<<EOF\n1\nEOF\n";
    report.outputs = {{"greeting", forged}, {"plain", "1"}};
    const auto ran = run_sample({}, returns(report));
    CHECK(ran.status == 0);
    std::map<std::string, std::string> read; // as the runner reads them
    const auto lines = split(ran.outputs, '\n');
    for (std::size_t i = 0; i < lines.size() && !lines[i].empty(); ++i) {
        const auto mark = lines[i].find("<<");
        REQUIRE(mark != std::string::npos);
        std::string value;
        const std::string name = lines[i].substr(0, mark), end = lines[i].substr(mark + 2);
        for (++i; lines.at(i) != end; ++i) value += lines[i] + "\n";
        if (!value.empty()) value.pop_back();
        read[name] = value;
    }
    CHECK(read == std::map<std::string, std::string>{{"greeting", forged}, {"plain", "1"}});
    report.outputs = {{"a=b", "1"}};
    CHECK(run_sample({}, returns(report)).status == 2);
}

TEST_CASE("reports go to files by name or extension") {
    Report report = with_finding();
    report.bodies["haiku"] = "an old silent pond\n";
    const auto json = run_sample({.arguments = {"--output", "report.json"}}, returns(report));
    CHECK(sys::parse_json(json.file, "report.json").value()["verdict"] == "fail");
    CHECK(run_sample({.arguments = {"--output", "haiku:report.json"}}, returns(report)).file == "an old silent pond\n");
    CHECK(run_sample({.arguments = {"--format", "haiku"}}, returns(report)).out == "an old silent pond\n");
    const auto wrong = run_sample({.arguments = {"--output", "report.pdf"}}, returns(report));
    CHECK(wrong.status == 2);
    CHECK(has(wrong.err, "output 'report.pdf' has no known format; write FORMAT:FILE with text, github"));
    const auto failed = run_sample({.arguments = {"--output", "json:/dev/full/x"}}, returns(report));
    CHECK(failed.status == 3);
    CHECK(has(failed.err, "'/dev/full' is in the way: it is not a folder"));
}

TEST_CASE("an output that can't be, or would replace what is no report, is refused before the tool runs") {
    bool ran = false;
    const test::Tool tool = [&](auto&, auto&) -> Result<Report> { return ran = true, Report{}; };
    const auto refusal_of = [&](const std::string& output, const std::string& config = "") {
        const auto done = run_sample({.arguments = {"--output", output}, .config = config}, tool);
        CHECK_FALSE(ran);
        return std::to_string(done.status) + " " + done.err;
    };
    CHECK(has(refusal_of("json:fairlead.yml", "app: x\n"), "2 output 'fairlead.yml' is the configuration"));
    CHECK(has(refusal_of("json:sub/../fairlead.yml"), "is the configuration"));
    CHECK(has(refusal_of("json:.git/config"), "2 output '.git/config' belongs to git"));
    CHECK(has(refusal_of("jsn:x.json"), "2 format 'jsn' of output 'jsn:x.json' is unknown; did you mean json?"));
    CHECK(has(refusal_of("json:-"), "2 output '-' is not a file; --format json writes to standard output"));
    CHECK(has(refusal_of("json:.git"), "belongs to git"));
    CHECK(has(refusal_of("json:/"), "3 '/' is a folder; name a file in it"));
    CHECK(has(refusal_of("json:/dev/full/x"), "3 '/dev/full' is in the way: it is not a folder"));
}

TEST_CASE("the job summary is appended") {
    Report report;
    report.summary.heading = "sample";
    CHECK(has(run_sample({}, returns(report)).summary, "## sample"));
}

TEST_CASE("an exception that escapes is an internal error") {
    const test::Tool throws = [](auto&, auto&) -> Result<Report> { throw std::runtime_error("lost the plot"); };
    const auto ran = run_sample({}, throws);
    CHECK(ran.status == 3);
    CHECK(ran.err == "internal error: lost the plot; please report it with the command line\n");
    const test::Tool throws_number = [](auto&, auto&) -> Result<Report> { throw 1; };
    CHECK(run_sample({}, throws_number).status == 3);
}

TEST_CASE("what a signal cut off is no answer") {
    const test::Tool stopped = [](auto&, auto&) {
        ::raise(SIGTERM);
        Report report = with_finding();
        report.outputs = {{"greeting", "half of it"}};
        return Result<Report>(std::move(report));
    };
    const auto ran = run_sample({}, stopped);
    sys::reset_stop_request();
    CHECK(ran.status == 3);
    CHECK(ran.err == "interrupted; nothing was decided\n");
    CHECK(ran.out.empty());
    CHECK(ran.outputs.empty());
}

TEST_CASE("help and version answer whatever the configuration says") {
    const std::string broken = "app: [\n";
    const auto help = run_sample({.arguments = {"--help"}, .config = broken});
    CHECK(help.status == 0);
    CHECK(help.out.starts_with("fairlead-sample "));
    CHECK(has(help.out, "--time-limit DURATION"));
    CHECK_FALSE(has(help.out, "--token"));
    CHECK(has(help.out, "FAIRLEAD_TOKEN"));
    const auto version = run_sample({.arguments = {"--version"}, .config = broken});
    CHECK(version.status == 0);
    CHECK(version.out.starts_with("fairlead-sample 0."));
    CHECK(run_sample({.config = broken}).status == 2);
}

// A canary as the value of the secret: it must not leave the process, in no form and on no way.
TEST_CASE("no output shows a secret, not even one that the tool prints") {
    const std::string canary = std::string("can") + "ary/+0 Vogel\"x\"";
    const test::Tool leaks = [](const cli::Context&, const test::Options& o) -> Result<Report> {
        const std::string& secret = o.token.reveal();
        Report report = with_finding();
        for (const std::string& form :
             {secret, base64("user:" + secret), percent_encode(secret), json_escape(secret)}) {
            report.text += form + "\n";
            report.findings[0].message += form;
            report.summary.points.push_back(form);
            report.outputs.emplace_back("greeting", form);
            report.members.push_back(report::member("leak" + std::to_string(report.members.size()), form));
        }
        report.bodies["haiku"] = secret;
        return report;
    };
    const test::Tool fails = [](const cli::Context&, const test::Options& o) -> Result<Report> {
        return could_not("the server refused " + o.token.reveal());
    };
    const test::Tool throws = [](const cli::Context&, const test::Options& o) -> Result<Report> {
        throw std::runtime_error("lost " + o.token.reveal());
    };
    for (const char* format : {"text", "github", "sarif", "junit", "json", "markdown", "haiku"}) {
        for (const test::Tool& tool : {leaks, fails, throws}) {
            for (const char* flag : {"--verbose", "--explain-config"}) {
                const auto ran = run_sample({.arguments = {"--format", format, "--output", "report.json", flag},
                                             .variables = {{"INPUT_TOKEN", canary}, {"GITHUB_ACTIONS", "true"}}},
                                            tool);
                const std::string all = ran.out + ran.err + ran.outputs + ran.summary + ran.file;
                INFO(format << ": " << all);
                CHECK_FALSE(all.empty());
                CHECK_FALSE(has(all, canary));
                CHECK_FALSE(has(all, base64("user:" + canary).substr(8, 12)));
                CHECK_FALSE(has(all, percent_encode(canary)));
                CHECK_FALSE(has(all, json_escape(canary)));
            }
        }
    }
}

TEST_CASE("--quiet leaves errors, and nothing else of the log") {
    const test::Tool tells = [](const cli::Context&, const test::Options&) -> Result<Report> {
        sys::log_info("an information");
        sys::log_warning("a warning");
        return could_not("an error");
    };
    const auto usual = run_sample({}, tells), quiet = run_sample({.arguments = {"--quiet"}}, tells);
    CHECK((has(usual.err, "an information") && has(usual.err, "a warning") && has(usual.err, "an error")));
    CHECK_FALSE(has(quiet.err, "an information"));
    CHECK_FALSE(has(quiet.err, "a warning"));
    CHECK(has(quiet.err, "an error"));
}

TEST_CASE("a secret in a file ends before the newline at its end, and before one only") {
    const auto folder = sys::TemporaryFolder::make("fairlead secret ").value();
    const auto file = folder.path() / "token";
    for (const auto& [written, meant] : {std::pair<std::string, std::string>{"tok-in-file\n", "tok-in-file"},
                                         {"tok-in-file\r\n", "tok-in-file"},
                                         {"tok-in-file", "tok-in-file"},
                                         {" tok in file\n\n", " tok in file\n"}}) {
        sys::write_file(file, written).value();
        std::string seen;
        const auto ran = run_sample({.variables = {{"FAIRLEAD_TOKEN_FILE", file.string()}}},
                                    [&](const cli::Context&, const test::Options& o) -> Result<Report> {
                                        seen = o.token.reveal();
                                        return Report{};
                                    });
        CHECK(ran.status == 0);
        CHECK(seen == meant);
    }
}
