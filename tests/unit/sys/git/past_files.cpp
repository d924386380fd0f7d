#include "sys/git/past_files.h"
#include "unit/sys/git_sandbox.h"
#include <map>

using namespace fairlead;
using namespace fairlead::test;

namespace {

std::map<std::string, std::string> found(const Sandbox& box, const std::string& head = "HEAD") {
    const Repository repository = box.open();
    std::map<std::string, std::string> by_path;
    const auto all = past_files(repository, repository.resolve(head).value(),
                                [](std::string_view name) { return name.starts_with(".env"); });
    REQUIRE(all.ok());
    for (const auto& [path, commit] : all.value()) by_path[path] = commit;
    return by_path;
}

}

TEST_CASE("files that history holds, by the newest commit that has them") {
    Sandbox box;
    box.commit("a/b/.env", "one");
    const auto last = box.commit(".env.production", "two");
    box.git("rm -q a/b/.env");
    const auto removed = box.commit("gone");
    const auto all = found(box);
    CHECK(all.size() == 2);
    CHECK(all.at("a/b/.env") == last);
    CHECK(all.at(".env.production") == removed);
    CHECK(found(box, "HEAD~2").size() == 1);
}

TEST_CASE("a branch that was merged is history, too") {
    Sandbox box;
    box.commit("a", "1");
    box.git("checkout -q -b side");
    const auto side = box.commit("deep/.env", "secret");
    box.git("rm -q deep/.env");
    box.commit("gone");
    box.git("checkout -q main");
    box.commit("b", "2");
    box.git("merge -q --no-edit side");
    CHECK(found(box) == std::map<std::string, std::string>{{"deep/.env", side}});
}

TEST_CASE("a history that ends early isn't read as a whole one") {
    Sandbox box;
    box.commit(".env", "1");
    box.git("rm -q .env");
    box.commit("gone");
    box.git("clone -q --depth 1 file://" + box.folder + " shallow");
    const auto repository = Repository::open(box.folder + "/shallow");
    const auto all = past_files(repository.value(), *repository->head_commit(), [](std::string_view) { return true; });
    REQUIRE_FALSE(all.ok());
    CHECK(all.error().message.find("shallow") != std::string::npos);
}
