#include "sys/git/work_tree.h"
#include "support/catch.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t far = 4'000'000'000 * second;

std::optional<WorkTree> tree_of(const std::string& folder) {
    auto tree = WorkTree::open(folder);
    REQUIRE(tree.ok());
    return std::move(tree).value();
}

std::string newest(const WorkTree& tree, std::int64_t now = far) {
    const auto found = tree.newest(now, [](const std::string& path) { return path != "ignored.txt"; });
    if (!found.ok()) return found.error().message;
    const auto& change = found.value();
    return change ? change->path + " " + std::to_string(change->modified_ns / second) : "nothing";
}

}

TEST_CASE("a signal ends the look at a work tree's files") {
    test::Sandbox sandbox;
    for (const auto* path : {"a", "b", "c"}) sandbox.write(path, "x");
    sandbox.commit("first");
    const auto tree = tree_of(sandbox.folder);
    int calls = 0;
    std::optional<test::Stopped> stopped;
    const auto found = tree->newest(far, [&](const std::string&) {
        if (++calls == 2) stopped.emplace();
        return false;
    });
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().message.starts_with("interrupted while looking at the files of /"));
    CHECK(calls == 2);
}

TEST_CASE("the tracked file that was changed last is found, whatever else lies there") {
    test::Sandbox sandbox;
    for (const auto* path : {"a.txt", "sub/b.txt", "gone.txt", "ignored.txt", "future.txt"}) sandbox.write(path, "x");
    sandbox.shell("ln -s nowhere link");
    sandbox.commit("first");
    sandbox.write("untracked.txt", "x");
    sandbox.shell("rm gone.txt && touch -d @1000 a.txt && touch -d @2000 sub/b.txt && touch -h -d @500 link && "
                  "touch -d @9000 untracked.txt ignored.txt && touch -d @5000 future.txt && touch -d @400 .");
    const auto tree = tree_of(sandbox.folder + "/sub");
    REQUIRE(tree);
    CHECK(newest(*tree, 4000 * second) == "sub/b.txt 2000");
    CHECK(newest(*tree) == "future.txt 5000");
    sandbox.shell("touch -h -d @7000 link");
    CHECK(newest(*tree) == "link 7000");
    sandbox.shell("touch -d @8000 ."); // gone.txt went then, at the latest
    CHECK(newest(*tree) == "gone.txt 8000");
    CHECK(tree->tracks(sandbox.folder + "/sub/b.txt"));
    CHECK_FALSE(tree->tracks(sandbox.folder + "/untracked.txt"));
    CHECK_FALSE(tree->tracks("/sub/b.txt"));
    CHECK(modified_at(sandbox.folder + "/a.txt") == 1000 * second);
    CHECK_FALSE(modified_at(sandbox.folder + "/link").has_value());
}

TEST_CASE("a folder in the place of a tracked file is a removed file, and what can't be looked at is an error") {
    test::Sandbox sandbox;
    for (const auto* path : {"a.txt", "sub/b.txt"}) sandbox.write(path, "x");
    sandbox.commit("first");
    sandbox.shell("touch -d @1000 a.txt && rm sub/b.txt && mkdir sub/b.txt && touch -d @2000 sub");
    CHECK(newest(*tree_of(sandbox.folder)) == "sub/b.txt 2000");
    sandbox.shell("rm -r sub && ln -s sub sub");
    CHECK(newest(*tree_of(sandbox.folder)).find("can't be looked at") != std::string::npos);
}

TEST_CASE("a repository within is not looked into, and where there is none nothing is asked") {
    test::Sandbox sandbox;
    test::Sandbox inner;
    inner.commit("a.txt", "x");
    sandbox.git("-c protocol.file.allow=always submodule add -q '" + inner.folder + "' inner 2>/dev/null");
    sandbox.commit("first");
    sandbox.shell("touch -d @1000 .gitmodules && touch -d @3000 inner/a.txt inner");
    CHECK(newest(*tree_of(sandbox.folder)) == ".gitmodules 1000");

    test::Sandbox empty;
    CHECK(newest(*tree_of(empty.folder)) == "nothing");
    test::Sandbox bare("init -q --bare .");
    CHECK_FALSE(tree_of(bare.folder).has_value());
    CHECK_FALSE(tree_of(test::fs::temp_directory_path().string()).has_value());
}
