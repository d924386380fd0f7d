#include "sys/files/log.h"
#include "base/secrets/secret.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include <cstdlib>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

// What `body` writes to standard error under these options.
template <typename Body>
std::string logged(const LogOptions& options, Body body) {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const Path path = folder.path() / "stderr";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const int before = ::dup(STDERR_FILENO);
    ::dup2(file, STDERR_FILENO);
    configure_log(options);
    body();
    configure_log({});
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    ::close(file);
    return read_file(path).value();
}

}

TEST_CASE("a line of the log names us and its level, and nothing that changes from run to run") {
    CHECK(logged({}, [] {
              log_info("reads");
              log_warning("old: {} %v");
              log_error("fails");
          }) == "fairlead: info: reads\nfairlead: warning: old: {} %v\nfairlead: error: fails\n");
}

TEST_CASE("lines below the level are left out") {
    CHECK(logged({.level = Level::warning}, [] {
              log_debug("a");
              log_info("b");
              log_warning("c");
          }) == "fairlead: warning: c\n");
    CHECK(logged({.level = Level::debug}, [] { log_debug("a"); }) == "fairlead: debug: a\n");
}

TEST_CASE("the JSON log is one object per line with time, level and message") {
    const std::string bytes = logged({.format = LogFormat::json}, [] { log_warning("a \"quoted\"\nline\t\xff \x01"); });
    REQUIRE(bytes.ends_with("\n"));
    CHECK(bytes.find('\n') == bytes.size() - 1);
    const auto line = nlohmann::json::parse(bytes);
    CHECK(line.size() == 3);
    CHECK(line["level"] == "warning");
    CHECK(line["message"] == "a \"quoted\"\nline\t\xef\xbf\xbd \x01");
    const std::string time = line["time"];
    CHECK(time.size() == std::string("2026-11-20T07:28:03.120Z").size());
    CHECK(parse_utc(time).has_value());
}

TEST_CASE("a secret never reaches the log, in neither form") {
    const Secret secret("hunter2-" + std::string("canary"));
    for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
        const std::string bytes =
            logged({.format = format}, [&] { log_error("password " + secret.reveal() + " is wrong"); });
        CHECK(bytes.find("canary") == std::string::npos);
        CHECK(bytes.find("password *** is wrong") != std::string::npos);
    }
}

TEST_CASE("under GitHub no message of the log can become a command") {
    const auto text = logged({.github = true}, [] { log_error("x\n::set-output name=a::b\r ::c\n##[error]d"); });
    CHECK(text == "fairlead: error: x\n\\::set-output name=a::b\\u000d \\::c\n##\\[error]d\n");
    const auto json = logged({.format = LogFormat::json, .github = true}, [] { log_error("##[error]d"); });
    CHECK(json.find("##[") == std::string::npos);
    CHECK(nlohmann::json::parse(json)["message"] == "##\\[error]d");
}

TEST_CASE("a file gets no colours") {
    CHECK(logged({.color = Color::automatic}, [] { log_error("x"); }).find('\x1b') == std::string::npos);
}

TEST_CASE("no message of the log steers the terminal") {
    const std::string hostile = "a\x1b]0;title\x07"
                                "b\r\xC2\x9B"
                                "31m\u202Ec\x9B";
    const auto text = logged({}, [&] { log_error(hostile); });
    CHECK(text == "fairlead: error: a\\u001b]0;title\\u0007b\\u000d\\u009b31m\\u202ec\xEF\xBF\xBD\n");
    const auto json = logged({.format = LogFormat::json}, [&] { log_error(hostile); });
    for (const auto* sequence : {"\x1b", "\x07", "\r", "\xC2\x9B", "\u202E"}) CHECK(json.find(sequence) == json.npos);
    CHECK(nlohmann::json::parse(json)["message"] == "a\x1b]0;title\x07"
                                                    "b\r\xC2\x9B"
                                                    "31m\u202Ec\xEF\xBF\xBD");
}
