#include "deploy/release/release.h"
#include "support/catch.h"
#include "sys/process/process.h"
#include "unit/deploy/folder.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

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
