#include "init/look.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "unit/init/found.h"
#include <cstdlib>
#include <fmt/format.h>
#include <sys/stat.h>

using fairlead::join;
using namespace fairlead::init;
namespace sys = fairlead::sys;

namespace {

struct LookedAt {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-look").value();
    void put(const std::string& path, const std::string& text = "") const {
        const auto whole = folder.path() / path;
        REQUIRE(sys::make_folders(whole.parent_path()).ok());
        REQUIRE(sys::write_file(whole, text, 0644, sys::Sync::no).ok());
    }
    void git(const std::string& words) const {
        const auto line = "cd '" + folder.path().string() +
                          "' && git -c user.name=a -c user.email=a@example.org -c init.defaultBranch=main " + words +
                          " >/dev/null 2>&1";
        REQUIRE(std::system(line.c_str()) == 0);
    }
    Project look(const std::string& below = "") const { return look_at((folder.path() / below).string()).value(); }
};

std::string form(const std::vector<std::string>& tags) {
    std::vector<std::string> globs;
    const char* names[] = {"none", "v", "bare", "component"};
    const std::string name = names[static_cast<int>(form_of(tags, globs))];
    return name + " " + join(globs, " ");
}

}

TEST_CASE("the tags that exist say what a release's tag looks like") {
    CHECK(form({}) == "none ");
    CHECK(form({"latest", "v1", "nightly"}) == "none ");
    CHECK(form({"v1.0.0", "v1.1.0-rc.1", "2.0.0"}) == "v v[0-9]+.*");
    CHECK(form({"12.1.0", "12.2.0", "v0.11.0"}) == "bare [0-9]+.*");
    CHECK(form({"@changesets/cli@2.0.0", "pkg@1.2.3"}) == "component *@[0-9]+.*");
    CHECK(form({"axum-v0.8.9", "axum-core-v0.1.0"}) == "component *-v[0-9]+.*");
    CHECK(form({"sdk/v1.2.0"}) == "component */v[0-9]+.*");
    CHECK(form({"shop-1.2.0", "2024-01-15"}) == "component *-[0-9]+.*");
}

TEST_CASE("the newest tags say what the next one looks like") {
    const LookedAt place;
    place.git("init -q");
    const auto release = [&](const std::string& tag, int day) {
        place.put("go.mod", "module a // " + tag + "\n");
        place.git(fmt::format("add go.mod && GIT_COMMITTER_DATE='2024-01-{:02}T00:00:00Z' git -c user.name=a -c "
                              "user.email=a@example.org commit -qm x && git tag {}",
                              day, tag));
    };
    for (int number = 1; number <= 9; ++number) release(fmt::format("0.1.{}", number), number);
    for (int number = 1; number <= 9; ++number) release(fmt::format("v1.{}.0", number), 10 + number);
    CHECK(join(place.look().tag_globs, " ") == "v[0-9]+.*");
}

TEST_CASE("the default branch is the remote's, else the usual one, else what is checked out") {
    const LookedAt place;
    place.put("upstream/go.mod", "module a\n");
    place.git(
        "init -q upstream && git -C upstream add go.mod && git -C upstream -c user.name=a -c "
        "user.email=a@example.org commit -qm x && git -C upstream branch main2 && git -C upstream checkout -qb dev && "
        "git clone -q upstream clone");
    CHECK(place.look("clone").default_branch == "dev");
    place.git("-C clone remote set-head origin --delete");
    CHECK(place.look("clone").default_branch == "main");
    place.git("-C clone remote remove origin && git -C clone branch -q master && git -C clone checkout -qb feature/a");
    CHECK(place.look("clone").default_branch == "master");
    place.git("-C clone branch -qD master");
    place.git("-C clone branch -qD dev");
    CHECK(place.look("clone").default_branch == "feature/a");
}

TEST_CASE("versions that semver can't read get the rule that can") {
    CHECK(type_of({}) == "semver");
    CHECK(type_of({"latest", "v1", "api-v1.2"}) == "semver"); // none of them is a version of the whole
    CHECK(type_of({"v1.0.0", "1.1.0-rc.1", "v0.9"}) == "semver");
    CHECK(type_of({"v0.1", "v0.2"}) == "pep440");
    CHECK(type_of({"2024.01.15", "2024.02.01", "2024.10.12"}) == "pep440");
    CHECK(type_of({"1.2.3.4", "1.2.3"}) == "semver"); // as many
}

TEST_CASE("git says which files there are") {
    const LookedAt place;
    place.git("init -q");
    place.put(".gitignore", "ignored/\n");
    place.put("go.mod", "module a\n");
    place.put("gone/go.mod", "module b\n");
    place.put("ignored/go.mod", "module c\n");
    place.git("add -A");
    place.git("commit -qm x");
    place.git("tag v1.2.3");
    place.git("checkout -qb work");
    REQUIRE(sys::remove_tree(place.folder.path() / "gone").ok());
    place.put("fresh/go.mod", "module d\n");
    const auto project = place.look();
    std::string folders;
    for (const auto& component : project.components) folders += component.folder + ";";
    CHECK(folders == ";fresh;");
    CHECK(project.tags == TagForm::v);
    CHECK(place.look("fresh").folder == "fresh");
    CHECK(place.look("fresh").components.size() == 1);
}

TEST_CASE("without git the folder's files count, less what tools put there") {
    const LookedAt place;
    place.put("package.json", R"({"scripts":{"test":"vitest"}})");
    place.put("node_modules/x/package.json", R"({"scripts":{"test":"vitest"}})");
    place.put("target/go.mod", "module a\n");
    place.put(".venv/go.mod", "module a\n");
    const auto project = place.look();
    CHECK(project.components.size() == 1);
    CHECK(project.tags == TagForm::none);
    CHECK(project.default_branch == "main");
}

TEST_CASE("a folder whose name GitHub would evaluate is refused") {
    const LookedAt place;
    place.git("init -q");
    place.put("${{ github.token }}/go.mod", "module a\n");
    const auto looked = look_at((place.folder.path() / "${{ github.token }}").string());
    REQUIRE_FALSE(looked.ok());
    CHECK(looked.error().kind == fairlead::Kind::usage);
}

TEST_CASE("a manifest that is a link out of the tree, or larger than a manifest is, is a doubt") {
    const LookedAt place;
    place.put("x.py");
    std::filesystem::create_symlink("/etc/passwd", place.folder.path() / "requirements.txt");
    place.put("pyproject.toml", std::string(2u << 20, '#'));
    const auto project = place.look();
    REQUIRE(project.components.size() == 1);
    CHECK(says(project.components[0], "pyproject.toml was left out: it can't be read"));
}

TEST_CASE("a manifest that is a pipe, a link or UTF-16 is told, within git and without") {
    for (const bool git : {false, true}) {
        const LookedAt place;
        if (git) place.git("init -q");
        REQUIRE(::mkfifo((place.folder.path() / "pyproject.toml").c_str(), 0600) == 0);
        CHECK(says(place.look().components.front(),
                   "pyproject.toml was left out: it can't be read, is not a regular file"));
        REQUIRE(sys::remove_tree(place.folder.path() / "pyproject.toml").ok());
        std::filesystem::create_symlink("/etc/hostname", place.folder.path() / "pyproject.toml");
        CHECK(says(place.look().components.front(),
                   "pyproject.toml was left out: it can't be read, is not a regular file"));
        REQUIRE(sys::remove_tree(place.folder.path() / "pyproject.toml").ok());
        std::filesystem::create_symlink("real", place.folder.path() / "package.json");
        place.put("real", std::string("\xff\xfe{\0}\0", 6));
        const auto told = place.look().components.front();
        CHECK(told.language == Language::node);
        CHECK(says(told, "package.json is UTF-16, which most tools don't read; save it as UTF-8"));
    }
}
