#include "deploy/direct/variables.h"
#include "support/catch.h"
#include "unit/deploy/folder.h"
#include <algorithm>
#include <map>

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("env files are read as people write them") {
    const auto pairs = parse_env("# comment\nA=1\nexport B = two words # why\n\nC='it''s'\n", "f");
    CHECK_FALSE(pairs.ok()); // something follows the closing quote
    const auto good =
        parse_env("A=1\nexport B= two words # why\nC='$x \\n'\nD=\"a\\n\\\"b\\\" \\$x\"\nE=\nF=\"1\n2\"\nG=a#b\n", "f");
    REQUIRE(good.ok());
    const std::vector<std::pair<std::string, std::string>> expected{
        {"A", "1"}, {"B", "two words"}, {"C", "$x \\n"}, {"D", "a\n\"b\" $x"}, {"E", ""}, {"F", "1\n2"}, {"G", "a#b"}};
    CHECK(good.value() == expected);
}

TEST_CASE("an env file's error names its line") {
    for (const auto* text : {"A=1\nno value\n", "A=1\n9X=1\n", "A=1\nB=\"open\n\n"}) {
        const auto parsed = parse_env(text, "secrets.env");
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error().place.line == 2);
    }
}

TEST_CASE("bytes that no variable can have are told with their place") {
    using namespace std::string_literals;
    const auto nul = parse_env("A=1\nB=ab\0c\n"s, "secrets.env");
    REQUIRE_FALSE(nul.ok());
    CHECK(nul.error().kind == Kind::usage);
    CHECK(nul.error().message.find("NUL byte") != std::string::npos);
    CHECK((nul.error().place.line == 2 && nul.error().place.column == 5));
    CHECK(parse_env("\0"s, "f").error().place.column == 1);
    const auto mark = parse_env("\xef\xbb\xbf"
                                "A=1\n",
                                "secrets.env");
    REQUIRE_FALSE(mark.ok());
    CHECK(mark.error().message.find("byte order mark") != std::string::npos);
}

TEST_CASE("what may be told of env.file: settings, what a URL is without its password, of a secret its name") {
    Settings settings;
    const auto folder =
        folder_with({{"env", "MODE=x\nDB=pg://u:pw-of-told@h/d\nAPI_KEY=told-key-1234\nEMPTY=\nODD=named\n"}});
    CHECK(variables_told(settings)->empty());
    settings.env_file = (folder.path() / "env").string();
    settings.secrets = {"ODD"};
    const auto told = variables_told(settings);
    REQUIRE(told.ok());
    CHECK(told.value() == std::vector<std::pair<std::string, std::string>>{
                              {"MODE", " x"}, {"DB", "pg://***@h/d"}, {"API_KEY", ""}, {"EMPTY", " "}, {"ODD", ""}});
}

TEST_CASE("variables that are written come back, whatever is in them") {
    std::string all;
    for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
    const Variables variables{{"ALL", Secret(all), {}}, {"PLAIN", {}, "x y"}};
    const auto back = parse_env(render_env(variables), "env");
    REQUIRE(back.ok());
    CHECK(back.value() == std::vector<std::pair<std::string, std::string>>{{"ALL", all}, {"PLAIN", "x y"}});
}

TEST_CASE("secrets come from the environment first, and one that is nowhere is an error") {
    Settings settings;
    const auto folder = folder_with({{"env", "TOKEN=from-file\nOTHER=kept\n"}});
    settings.env_file = (folder.path() / "env").string();
    settings.secrets = {"TOKEN"};
    const auto variables =
        gather_variables(settings, sys::Environment(std::map<std::string, std::string>{{"TOKEN", "from-process"}}));
    REQUIRE(variables.ok());
    REQUIRE(variables->size() == 2);
    CHECK(variables.value()[0].value() == "from-process");
    settings.secrets = {"MISSING"};
    CHECK(gather_variables(settings, sys::Environment(std::map<std::string, std::string>{})).error().kind ==
          Kind::usage);
    settings.secrets = {"PRINTED"};
    settings.env_from = {"echo", "PRINTED=by a command"};
    CHECK(gather_variables(settings, sys::Environment(std::map<std::string, std::string>{}))->back().value() ==
          "by a command");
}

TEST_CASE("an absent env file is none where the environment gives every secret") {
    Settings settings;
    const auto folder = folder_with({});
    settings.env_file = (folder.path() / "env").string();
    const auto gathered = [&](std::map<std::string, std::string> given) {
        return gather_variables(settings, sys::Environment(std::move(given)));
    };
    CHECK_FALSE(gathered({{"TOKEN", "x"}}).ok()); // without a name nothing shows that the file isn't missed
    settings.secrets = {"TOKEN", "KEY"};
    CHECK_FALSE(gathered({{"TOKEN", "x"}}).ok());
    CHECK_FALSE(gathered({{"TOKEN", "x"}, {"KEY", ""}}).ok()); // GitHub's form of a secret that is not set
    const auto variables = gathered({{"TOKEN", "x"}, {"KEY", "y"}, {"OTHER", "z"}});
    REQUIRE(variables.ok());
    CHECK(secret_names(variables.value()) == std::vector<std::string>{"TOKEN", "KEY"});
}

TEST_CASE("env.from sees of the job's variables only those that the file declares") {
    Settings settings;
    settings.env_from = {"sh", "-c", "env | sed 's/^/SAW_/'"};
    settings.declared = {"VAULT_TOKEN"};
    const sys::Environment process({{"GITHUB_TOKEN", "t"},
                                    {"ACTIONS_RUNTIME_TOKEN", "t"},
                                    {"DATABASE_URL", "d"},
                                    {"VAULT_TOKEN", "declared"},
                                    {"HOME", "/h"},
                                    {"PATH", "/usr/bin:/bin"}});
    const auto variables = gather_variables(settings, process);
    REQUIRE(variables.ok());
    std::vector<std::string> names;
    for (const auto& variable : variables.value())
        if (variable.name != "SAW_PWD" && variable.name != "SAW__" && variable.name != "SAW_SHLVL")
            names.push_back(variable.name);
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"SAW_HOME", "SAW_PATH", "SAW_VAULT_TOKEN"});
}

TEST_CASE("a plan takes what only env.from could tell from the slot that serves, and runs nothing") {
    Settings settings;
    const auto folder = folder_with({{"env", "STAGE=new\n"}});
    const Assignments given{{"STAGE", "old"}, {"PRINTED", "p"}, {"FAIRLEAD_SLOT", "a"}};
    settings.env_file = (folder.path() / "env").string();
    settings.env_from = {"touch", (folder.path() / "ran").string()};
    const sys::Environment process(std::map<std::string, std::string>{});
    const auto known = known_variables(settings, process, given);
    REQUIRE(known.ok());
    CHECK(render_env(known.value()) == "STAGE=\"new\"\nPRINTED=\"p\"\n");
    CHECK(known_variables(settings, process, {})->size() == 1);
    CHECK(sys::inspect(folder.path() / "ran").type == sys::FileType::absent);
}

TEST_CASE("a setting of env.file is shown as it is, a secret is not") {
    Settings settings;
    const auto folder =
        folder_with({{"env", "STAGE=staging-setting\nAPI_KEY=un-named-one\nDB=pg://u:pw-of-db@h/d\nODD=named-one\n"}});
    settings.env_file = (folder.path() / "env").string();
    settings.secrets = {"ODD"};
    const auto variables = gather_variables(settings, sys::Environment(std::map<std::string, std::string>{}));
    REQUIRE(variables.ok());
    CHECK(secret_names(variables.value()) == std::vector<std::string>{"API_KEY", "DB", "ODD"});
    CHECK(mask("staging-setting un-named-one named-one") == "staging-setting *** ***");
    CHECK(mask("password pw-of-db is wrong") == "password *** is wrong"); // a part of the variable, by itself
}
