#include "read/unit.h"
#include "support/catch.h"

using namespace fairlead::read;
using Words = std::vector<std::string>;

namespace {

std::string variables(std::string_view settings) {
    std::string all;
    for (const auto& [name, value, line] : read_unit("[Service]\n" + std::string(settings)).variables)
        all += name + "=" + value + "@" + std::to_string(line) + ";";
    return all;
}

}

TEST_CASE("settings, comments and lines that go on") {
    const auto unit = read_unit("[Unit]\nDescription = notes \n# a comment\n; another\n\n[Service]\n"
                                "ExecStart=/bin/a \\\n# between\n  --port 80\nUser=one\nUser=\nUser=two\n");
    CHECK(unit.find("Unit", "Description")->value == "notes");
    CHECK(unit.find("Service", "ExecStart")->value == "/bin/a  --port 80");
    CHECK(unit.find("Service", "ExecStart")->line == 7);
    CHECK(unit.find("Service", "User")->value == "two");
    CHECK(unit.find("Service", "Group") == nullptr);
    CHECK(unit.problems.empty());
    CHECK(read_unit("[Service]\nUser=one\nUser=\n").find("Service", "User") == nullptr);
}

TEST_CASE("variables as systemd sets them") {
    CHECK(variables("Environment=A=1 \"B=two words\" C='x y'\n") == "A=1@2;B=two words@2;C=x y@2;");
    CHECK(variables("Environment=A=\"two words\"\n") == "A=two words@2;");
    CHECK(variables("Environment=A=1\nEnvironment=A=2\n") == "A=2@3;");
    CHECK(variables("Environment=A=1\nEnvironment=\nEnvironment=B=2\n") == "B=2@4;");
    CHECK(variables("Environment=A=a\\tb\\x41\\u00e4\\101\n") == "A=a\tbA\xC3\xA4"
                                                                 "A@2;");
    CHECK(variables("Environment=A=$HOME/%i\n") == "A=$HOME/%i@2;");
    CHECK(read_unit("[Install]\nEnvironment=A=1\n").variables.empty());
}

TEST_CASE("env files") {
    const auto unit = read_unit("[Service]\nEnvironmentFile=/old\nEnvironmentFile=\nEnvironmentFile=-/srv/app/.env\n");
    CHECK(unit.environment_files == Words{"/srv/app/.env"});
}

TEST_CASE("what systemd ignores is told with its line") {
    const auto line_of = [](std::string_view text) {
        const auto unit = read_unit(text);
        return unit.problems.empty() ? 0 : unit.problems.at(0).line;
    };
    CHECK(line_of("[Service]\nUser one\n") == 2);
    CHECK(line_of("User=one\n[Service]\n") == 1);
    CHECK(line_of("[Service\nUser=one\n") == 1);
    CHECK(line_of("[Service]\nEnvironment=GREETING=hello world\n") == 2);
    CHECK(line_of("[Service]\nEnvironment=\"A=1\n") == 2);
    CHECK(line_of("[Service]\nEnvironment=A=\\q\n") == 2);
    CHECK(line_of("[Service]\nEnviroment=A=1\n") == 2);
    CHECK(line_of("[Service]\nRestrat=always\n") == 2);
    CHECK(line_of("[Service]\nEnvironmentFile=app.env\n") == 2);
    CHECK(line_of("[Service]\nEnvironmentFile=%h/app.env\nProtectHostname=yes\nLimitCPU=1\nExecCondition=/bin/a\n") ==
          0);
    CHECK(line_of("[Service]\nEnvironment=A=1 B=2\nUser=one\n") == 0);
    CHECK(line_of(std::string(1 << 20, 'a') + "=1") == 1);
    using namespace std::string_literals;
    CHECK(line_of("[Service]\nEnvironment=A=\0b\n"s) == 2);
}

TEST_CASE("words") {
    CHECK(unit_words("a  'b c' \"d\"e") == Words{"a", "b c", "de"});
    CHECK(unit_words("\"\" a") == Words{"", "a"});
    CHECK(unit_words("\\xe4\\344\\U0001F600") == Words{"\xE4\xE4\xF0\x9F\x98\x80"});
    CHECK_FALSE(unit_words("\\x0"));
    CHECK_FALSE(unit_words("\\000"));
    CHECK_FALSE(unit_words("\\ud800"));
    CHECK_FALSE(unit_words("a'"));
    CHECK_FALSE(unit_words("a\\"));
}
