#include "gate/change.h"
#include "support/catch.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::gate;
using fairlead::test::Sandbox;
using Files = std::map<std::string, std::vector<LineRange>>;

namespace {

ChangedLines lines(const Sandbox& box, const std::string& base = "", const config::Change& change = {}) {
    return test::value(test::value(Base::find(box.folder, base, change)).added_lines());
}

Files files_of(const ChangedLines& changed) {
    Files out;
    for (const auto& [path, file] : changed.files) out[path] = file.lines;
    return out;
}

Error refused(const Sandbox& box, const std::string& base = "", const config::Change& change = {}) {
    const auto found = Base::find(box.folder, base, change);
    REQUIRE_FALSE(found.ok());
    return found.error();
}

config::Change request(const std::string& base, const std::string& merged = "") {
    config::Change change;
    change.event = "pull_request";
    change.about = "pull request #7";
    change.base = base;
    change.merged = merged;
    change.of_two_commits = true;
    return change;
}

config::Change push(const std::string& before, const std::string& ref = "refs/heads/topic") {
    config::Change change;
    change.event = "push";
    change.about = "push";
    change.base = before;
    change.ref = ref;
    change.default_branch = "main";
    return change;
}

// main and topic part after the first commit.
struct Parted : Sandbox {
    std::string first, main, topic;
    Parted() {
        first = commit("f", "1\n");
        git("checkout -q -b topic");
        topic = commit("t", "1\n\n3\n");
        git("checkout -q main");
        main = commit("m", "1\n");
        git("checkout -q topic");
    }
};

const Files of_topic = {{"t", {{1, 1}, {3, 3}}}};

}

TEST_CASE("a change is what was added since its branch left the other") {
    const Parted box;
    CHECK(files_of(lines(box)) == of_topic);
    CHECK(lines(box).since == "main");
    CHECK(files_of(lines(box, "main")) == of_topic);
    CHECK(files_of(lines(box, box.main)) == of_topic);
    CHECK(lines(box, "topic").files.empty());
    CHECK(files_of(lines(box, "", request(box.main))) == of_topic);
    CHECK(lines(box, "", request(box.main)).since == "the base of pull request #7");
}

TEST_CASE("a NUL takes no line out of a change") {
    Parted box;
    box.commit("t", std::string("1\n\0\n3\n", 6));
    CHECK(files_of(lines(box)) == Files{{"t", {{1, 3}}}});
}

TEST_CASE("of a merge that the CI made, the change is what it adds to its first parent") {
    Parted box;
    box.git("checkout -q main");
    const std::string moved = box.commit("later", "x\n"); // the base has gone on since the event
    const std::string merged = box.merge("topic");
    CHECK(files_of(lines(box, "", request(box.first, merged))) == of_topic);
    CHECK(files_of(lines(box, "", request(moved, box.topic))) == of_topic);
}

TEST_CASE("a push adds what is new since the commit before it") {
    Parted box;
    const std::string last = box.commit("n", "1\n");
    CHECK(files_of(lines(box, "", push(box.topic))) == Files{{"n", {{1, 1}}}});
    CHECK(lines(box, "", push(box.topic)).since == "commit " + box.topic.substr(0, 12));
    const std::string none(40, '0');
    CHECK(lines(box, "", push(none)).files.size() == 2);                    // a new branch: since main
    CHECK(lines(box, "", push(none, "refs/heads/main")).files.size() == 3); // the first push of all
    auto forced = push(std::string(40, 'a'));
    forced.forced = true;
    CHECK(lines(box, "", forced).files.size() == 2);
}

TEST_CASE("without a base nobody can say what a change is") {
    Sandbox none("init -q -b trunk .");
    CHECK(refused(none).kind == Kind::usage);
    none.commit("f", "1\n");
    CHECK(test::says(refused(none), "--base"));
    const Parted box;
    const auto gone = refused(box, "nope");
    CHECK(gone.kind == Kind::could_not);
    CHECK(test::says(gone, "name a branch")); // there is no remote to fetch it from
    box.git("remote add origin https://example.org/shop.git");
    CHECK(test::says(refused(box, "nope"), "git fetch"));
    CHECK(test::says(refused(box, "", request(std::string(40, 'a'))), "git fetch"));
    auto elsewhere = push(std::string(40, '0'));
    elsewhere.default_branch = "trunk";
    CHECK(test::says(refused(box, "", elsewhere), "origin/trunk"));
}

TEST_CASE("a base with another beginning is no base") {
    Parted box;
    box.git("checkout -q --orphan other");
    box.commit("o", "1\n");
    CHECK(test::says(refused(box, "main"), "no commit in common"));
}

TEST_CASE("outside of a repository there is no change") {
    const auto found = Base::find("/", "", {});
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().kind == Kind::usage);
}
