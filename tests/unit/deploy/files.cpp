#include "deploy/direct/keeper.h"
#include "deploy/direct/nginx.h"
#include "deploy/direct/supervisor.h"
#include "deploy/direct/variables.h"
#include "deploy/probe.h"
#include "deploy/release/release.h"
#include "support/catch.h"
#include "sys/http/sockets.h"
#include "sys/process/process.h"
#include <algorithm>
#include <map>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

sys::TemporaryFolder folder_with(const std::vector<std::pair<std::string, std::string>>& files) {
    auto folder = sys::TemporaryFolder::make("fairlead-release").value();
    for (const auto& [name, content] : files) {
        sys::make_folders((folder.path() / name).parent_path()).value();
        sys::write_file(folder.path() / name, content).value();
    }
    return folder;
}

Settings settings_for(const sys::Path& path) {
    Settings settings;
    settings.release_path = path.string();
    settings.root = "/srv/elsewhere";
    return settings;
}

}

TEST_CASE("a release's id gives its version back") {
    CHECK(version_of(release_id("1.4.0-rc.1", "3f2a9c1b77d0aaaa")) == "1.4.0-rc.1");
    CHECK(version_of("").empty());
}

TEST_CASE("a folder and a tar of it are the same release") {
    const auto folder = folder_with({{"app.py", "print(1)"}, {"static/x.css", "a {}"}});
    const auto tar = folder_with({});
    const auto archive = (tar.path() / "release.tar.gz").string();
    REQUIRE(sys::run({.argv = {"tar", "-czf", archive, "-C", folder.path().string(), "."}})->status == 0);
    const auto from_folder = read_release(settings_for(folder.path()), "1.0", "");
    const auto from_tar = read_release(settings_for(archive), "1.0", "");
    REQUIRE(from_folder.ok());
    REQUIRE(from_tar.ok());
    CHECK(from_folder->info.id == from_tar->info.id);
    CHECK(from_folder->info.id.substr(0, 4) == "1.0-");
    CHECK(from_folder->info.id.size() == 4 + 12);
}

TEST_CASE("what is not the application's is not part of a release") {
    const auto folder = folder_with({{"app.py", "1"},
                                     {".env", "A=1"},
                                     {".env.staging", "A=2"},
                                     {".env.example", "A="},
                                     {".git/config", "x"},
                                     {"pkg/__pycache__/a.pyc", "x"},
                                     {"data/db", "x"},
                                     {"reports/r.xml", "x"}});
    auto settings = settings_for(folder.path());
    settings.shared = {"data"};
    settings.exclude = {"reports"};
    const auto release = read_release(settings, "1", "c0ffee"); // .git is no repository
    REQUIRE(release.ok());
    std::vector<std::string> paths;
    for (const auto& entry : release->entries) paths.push_back(entry.path);
    CHECK(paths == std::vector<std::string>{".env.example", "app.py", "pkg"});
}

TEST_CASE("a release that holds its own target is the same after it was deployed") {
    const auto folder = folder_with({{"app.py", "1"}, {"kept/tmp/.keep", ""}});
    auto settings = settings_for(folder.path());
    settings.root = (folder.path() / "srv/root").string();
    settings.state = (folder.path() / "kept/state/shop/staging").string();
    const auto before = read_release(settings, "1", "").value();
    for (const auto& file : {"srv/root/current", "kept/state/shop/staging/lock"}) {
        sys::make_folders((folder.path() / file).parent_path()).value();
        sys::write_file(folder.path() / file, "x").value();
    }
    CHECK(read_release(settings, "1", "")->info.id == before.info.id);
    sys::write_file(folder.path() / "srv/more", "x").value();
    CHECK(read_release(settings, "1", "")->info.id != before.info.id);
}

TEST_CASE("a release is of no commit where nobody can tell whether its files are the commit's") {
    const auto folder = folder_with({{"app/app.py", "1"}});
    const auto git = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"git", "-C", folder.path().string(), "-c", "user.name=A", "-c", "user.email=a@b"});
        REQUIRE(sys::run({.argv = words})->status == 0);
    };
    git({"init", "-q"});
    git({"add", "."});
    git({"commit", "-qm", "first"});
    const auto settings = settings_for(folder.path() / "app");
    const auto clean = read_release(settings, "", "");
    REQUIRE(clean.ok());
    CHECK(clean->info.commit.size() == 40);
    sys::write_file(folder.path() / "app/app.py", "2").value();
    CHECK(read_release(settings, "", "")->info.commit == clean->info.commit + "-dirty");
    sys::write_file(folder.path() / ".git/index", "no index").value();
    const auto unclear = read_release(settings, "", "");
    REQUIRE_FALSE(unclear.ok());
    CHECK(unclear.error().kind == Kind::no);
    CHECK(unclear.error().message.find("name it with --commit") != std::string::npos);
    CHECK(read_release(settings, "", "c0ffee")->info.commit == "c0ffee");
    sys::write_file(folder.path() / ".git/config", "[core\n").value();
    CHECK_FALSE(read_release(settings, "", "").ok()); // not taken for no repository
}

TEST_CASE("content, mode and name change a release's id, nothing else does") {
    const std::vector<Entry> entries{{"a", 'f', "1"}, {"b", 'x', "2"}};
    const auto digest = digest_of(entries);
    CHECK(digest_of({entries[1], entries[0]}) == digest);
    CHECK(digest_of({{"a", 'x', "1"}, {"b", 'x', "2"}}) != digest);
    CHECK(digest_of({{"a", 'f', "3"}, {"b", 'x', "2"}}) != digest);
    CHECK(digest_of({{"c", 'f', "1"}, {"b", 'x', "2"}}) != digest);
}

TEST_CASE("a version has to be harmless as a folder's name") {
    for (const auto* version : {"1.0.0", "v2", "1.0.0-rc.1+build", "3f2a9c1b77d0"}) CHECK(check_version(version).ok());
    for (const auto* version : {"", "..", "a/b", "-x", ".hidden", "a b", "a\nb"})
        CHECK_FALSE(check_version(version).ok());
}

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
    const auto folder =
        folder_with({{"env", "STAGE=new\n"}, {"served", "STAGE=\"old\"\nPRINTED=\"p\"\nFAIRLEAD_SLOT=\"a\"\n"}});
    settings.env_file = (folder.path() / "env").string();
    settings.env_from = {"touch", (folder.path() / "ran").string()};
    const sys::Environment process(std::map<std::string, std::string>{});
    const auto known = known_variables(settings, process, folder.path() / "served");
    REQUIRE(known.ok());
    CHECK(render_env(known.value()) == "STAGE=\"new\"\nPRINTED=\"p\"\n");
    CHECK(known_variables(settings, process, folder.path() / "absent")->size() == 1);
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

TEST_CASE("an answer is judged by its status and its version") {
    Health health;
    const ReleaseInfo release{.id = "1.0-abc", .version = "1.0", .commit = "c0ffee"};
    sys::HttpResponse response;
    response.status = 200;
    CHECK(judge(response, health, release).good);
    health.version_pointer = "/build/version";
    CHECK_FALSE(judge(response, health, release).good);
    for (const auto* version : {"1.0-abc", "1.0", "c0ffee"}) {
        response.body = "{\"build\":{\"version\":\"" + std::string(version) + "\"}}";
        CHECK(judge(response, health, release).good);
    }
    const ReleaseInfo changed{.id = "x-abc", .version = "x", .commit = "c0ffee-dirty"}; // it knows the commit below
    CHECK(judge(response, health, changed).good);
    response.body = "{\"build\":{\"version\":\"0.9\"}}";
    CHECK(judge(response, health, release).problem == "version 0.9 answers, expected 1.0");
    response.status = 503;
    CHECK(judge(response, health, release).problem == "answers 503");
    response.failure = sys::HttpFailure::refused;
    response.status = 0;
    CHECK(judge(response, health, release).unreachable);
}

TEST_CASE("restarts wait longer each time, up to half a minute, and begin anew after a good run") {
    Backoff backoff;
    CHECK(backoff.next(Milliseconds{0}) == Milliseconds{100});
    CHECK(backoff.next(Milliseconds{0}) == Milliseconds{200});
    for (int i = 0; i < 40; ++i) CHECK(backoff.next(Milliseconds{5}) <= Milliseconds{30000});
    CHECK(backoff.next(Milliseconds{0}) == Milliseconds{30000});
    CHECK(backoff.next(Milliseconds{10000}) == Milliseconds{100});
}

TEST_CASE("what starts a process comes back as it was written") {
    const Launch launch{{"gunicorn", "a b"}, "/srv/x", "/srv/x.sock", "/srv/log", "SIGINT", Milliseconds{1500}};
    CHECK(parse_launch(to_json(launch), "f").value() == launch);
    for (const auto* text : {"", "[]", "{}", "{\"argv\":[]}", "{\"argv\":[1]}", "{\"argv\":[\"x\"]}"})
        CHECK_FALSE(parse_launch(text, "f").ok());
}

TEST_CASE("a unit for systemd quotes what systemd would expand") {
    CHECK(quote_for_systemd("a\"b\\c%d$e") == "\"a\\\"b\\\\c%%d$$e\"");
    const Launch launch{{"/bin/sleep", "100%", "$HOME", "unix:/srv/a shop%/run/b.sock"},
                        "/srv/a shop%/releases/1",
                        "/srv/a shop%/run/b.sock",
                        "/srv/a shop%/slots/b/log"};
    const auto unit = render_unit(launch, "/srv/a shop%/slots/b/env", "shop (staging) slot b");
    for (const auto* line :
         {"ExecStart=\"/bin/sleep\" \"100%%\" \"$$HOME\" \"unix:/srv/a shop%%/run/b.sock\"\n",
          "ExecStartPre=-/bin/rm -f \"/srv/a shop%%/run/b.sock\"\n", "EnvironmentFile=/srv/a shop%%/slots/b/env\n",
          "WorkingDirectory=/srv/a shop%%/releases/1\n", "StandardOutput=append:/srv/a shop%%/slots/b/log\n"}) {
        INFO(line);
        CHECK(unit.find(line) != std::string::npos);
    }
    CHECK(unit.find("UMask") == std::string::npos); // what the application writes is not everybody's
    if (!sys::find_program("systemd-analyze")) return;
    const auto folder = folder_with({{"x@b.service", unit}});
    const auto judged = sys::run({.argv = {"systemd-analyze", "verify", (folder.path() / "x@b.service").string()}});
    REQUIRE(judged.ok());
    INFO(judged->err);
    for (char digit = '1'; digit <= '9'; ++digit) // "x@b.service:7: ..." is about a line of it
        CHECK(judged->err.find(std::string("x@b.service:") + digit) == std::string::npos);
}

TEST_CASE("nginx listens where the url says and connects to the link") {
    Settings settings;
    settings.app = "shop-x";
    settings.environment = "staging";
    settings.root = "/srv/shop";
    settings.url = "http://127.0.0.1:8080";
    const auto text = render_nginx(settings);
    REQUIRE(text.ok());
    CHECK(text->find("upstream shop_x_staging {") != std::string::npos);
    CHECK(text->find("server \"unix:/srv/shop/run/current.sock\"") != std::string::npos);
    CHECK(text->find("listen 127.0.0.1:8080;") != std::string::npos);
    settings.url = "https://shop.example.org";
    CHECK(render_nginx(settings)->find("listen 443 ssl;") != std::string::npos);
    for (const auto* url : {"ftp://x", "shop", "http://", "http://a;b/", "http://a:port/"}) {
        settings.url = url;
        CHECK_FALSE(render_nginx(settings).ok());
    }
}

TEST_CASE("connections of a unix socket are counted by state and path") {
    const std::string list = "Num       RefCount Protocol Flags    Type St Inode Path\n"
                             "0000000000000000: 00000002 00000000 00010000 0001 01 101 /run/a.sock\n"
                             "0000000000000000: 00000003 00000000 00000000 0001 03 102 /run/a.sock\n"
                             "0000000000000000: 00000002 00000000 00000000 0001 02 103 /run/a.sock\n"
                             "0000000000000000: 00000003 00000000 00000000 0001 03 104 /run/a.sock.other\n"
                             "0000000000000000: 00000003 00000000 00000000 0001 03 105\n";
    const auto use = sys::count_sockets(list, "/run/a.sock");
    CHECK(use.listeners == 1);
    CHECK(use.connections == 2);
    CHECK(sys::count_sockets(list, "/run/b.sock").listeners == 0);
    CHECK(sys::count_sockets("", "/run/a.sock").connections == 0);
}
