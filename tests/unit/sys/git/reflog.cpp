#include "sys/git/reflog.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

std::vector<std::string> entries(const std::string& git_folder) {
    std::vector<std::string> found;
    const auto read = each_reflog_entry(git_folder, [&](const ReflogEntry& entry) {
        found.push_back(std::string(entry.name) + (entry.created ? " + " : " ") + std::string(entry.message));
        CHECK(entry.time > 0);
    });
    REQUIRE(read.ok());
    std::sort(found.begin(), found.end());
    return found;
}

}

TEST_CASE("what moved each reference, from the main work tree's logs in a linked one, too") {
    Sandbox box;
    box.commit("f", "a\n");
    box.git("branch side/x");
    const std::vector<std::string> all = entries(box.open().git_folder());
    REQUIRE(all.size() == 3);
    CHECK(all[0].starts_with("HEAD + commit (initial): "));
    CHECK(all[1].starts_with("refs/heads/main + commit (initial): "));
    CHECK(all[2] == "refs/heads/side/x + branch: Created from main");
    box.git("worktree add -q tree side/x");
    const auto tree = Repository::open((fs::path(box.folder) / "tree").string());
    REQUIRE(tree.ok());
    CHECK(entries(tree->git_folder()) == all);
}

TEST_CASE("lines that are none are passed over, and without logs there are no entries") {
    Sandbox box;
    CHECK(entries(box.open().git_folder()).empty());
    box.commit("f", "a\n");
    const auto log = fs::path(box.open().git_folder()) / "logs/HEAD";
    std::ofstream(log) << "junk\n\n0 1 2\tx\n"
                       << std::string(40, '0') << " " << std::string(40, 'a') << " A <a> 5 +0000\tkept\n";
    CHECK(entries(box.open().git_folder()).front() == "HEAD + kept");
}
