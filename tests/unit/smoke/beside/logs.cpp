#include "smoke/beside/logs.h"
#include "../bench.h"
#include "sys/files/files.h"
#include <fstream>

using namespace fairlead;
using namespace fairlead::test;

namespace {

void append(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::app) << text; }

}

TEST_CASE("only lines that are written after the begin are judged") {
    const auto folder = sys::TemporaryFolder::make("smoke test ").value();
    const auto path = (folder.path() / "app.log").string();
    append(path, "ERROR before\n");
    auto logs = Logs::begin({{path, {"ERROR|CRITICAL"}, {}}});
    REQUIRE(logs.ok());
    append(path, "INFO fine\nWARNING fine\n");
    auto tried = logs->judge();
    REQUIRE(tried.size() == 1);
    CHECK(tried[0].end == Tried::End::passed);
    append(path, "CRITICAL one\nERROR two\nINFO three\n");
    tried = logs->judge();
    CHECK(tried[0].end == Tried::End::failed);
    CHECK(tried[0].wrong.rule == "smoke/log");
    CHECK(tried[0].wrong.message == "2 of 3 new lines match /ERROR|CRITICAL/; the first: CRITICAL one");
    CHECK(logs->judge()[0].end == Tried::End::passed); // told once
}

TEST_CASE("a rotated log is read to its end, and the new one from its begin") {
    const auto folder = sys::TemporaryFolder::make("smoke test ").value();
    const auto path = (folder.path() / "app.log").string();
    append(path, "start\n");
    auto logs = Logs::begin({{path, {"bad"}, {}}});
    append(path, "bad at the end\n");
    std::filesystem::rename(path, path + ".1");
    append(path, "bad in the new one\n");
    CHECK(logs->judge()[0].wrong.message == "2 of 2 new lines match /bad/; the first: bad at the end");
}

TEST_CASE("a log that isn't there, or is none, is a no") {
    const auto folder = sys::TemporaryFolder::make("smoke test ").value();
    const auto path = (folder.path() / "app.log").string();
    auto logs = Logs::begin({{path, {"bad"}, {}}});
    REQUIRE(logs.ok());
    CHECK(logs->judge()[0].wrong.message ==
          "there is no file '" + path + "'; name the log that the application writes");
    append(path, "bad\n"); // begun meanwhile
    CHECK(logs->judge()[0].end == Tried::End::failed);
    CHECK_FALSE(Logs::begin({{folder.path().string(), {"bad"}, {}}}).ok());
}

TEST_CASE("a log without a pattern, and a pattern that is none, are refused") {
    CHECK(check_logs({{"a", {"x"}, {}}}).ok());
    CHECK_FALSE(check_logs({{"a", {}, {}}}).ok());
    CHECK_FALSE(check_logs({{"a", {"("}, {}}}).ok());
    CHECK_FALSE(check_logs({{"a", {" "}, {}}}).ok());
    CHECK_FALSE(check_logs({{"", {"x"}, {}}}).ok());
}
