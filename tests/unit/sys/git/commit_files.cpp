#include "sys/git/commit_files.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

std::vector<CommitFile> files_of(const Repository& repository, const std::string& commit) {
    return value(CommitFiles(repository).of(commit));
}

Strings paths_of(const std::vector<CommitFile>& files) {
    Strings paths;
    for (const CommitFile& file : files) paths.push_back(file.path + (file.new_name ? " new" : ""));
    std::sort(paths.begin(), paths.end());
    return paths;
}

}

TEST_CASE("new files are those that no parent has as they are") {
    Sandbox box;
    box.write("dir/a", "1\n");
    box.write("gone", "1\n");
    CHECK(paths_of(files_of(box.open(), box.commit("b", "1\n"))) == Strings{"b new", "dir/a new", "gone new"});
    box.write("dir/a", "2\n");
    box.write("dir/deeper/c", "3\n");
    box.git("rm -q gone");
    CHECK(paths_of(files_of(box.open(), box.commit("second"))) == Strings{"dir/a", "dir/deeper/c new"});
    box.shell("chmod +x b && mv b kept && mkdir b && mv kept b/b"); // a file becomes a folder
    CHECK(paths_of(files_of(box.open(), box.commit("third"))) == Strings{"b/b new"});
    box.shell("chmod -x b/b");
    CHECK(files_of(box.open(), box.commit("only the mode")).empty());
    box.shell("rm dir/a && ln -s elsewhere dir/a");
    CHECK(added(box.open(), box.commit("a link")) == Strings{"dir/a:1: elsewhere"});
}

TEST_CASE("a submodule is no file") {
    Sandbox box;
    const std::string first = box.commit("f", "1\n");
    box.git("update-index --add --cacheinfo 160000," + first + ",sub");
    box.git("commit -q -m sub");
    CHECK(files_of(box.open(), box.ask("rev-parse HEAD")).empty());
}

TEST_CASE("of a merge, a file counts that differs from all parents") {
    Sandbox box;
    box.write("both", "1\n2\n3\n4\n5\n");
    box.commit("one", "1\n");
    box.git("checkout -q -b side");
    box.write("both", "1\n2\n3\n4\nside\n");
    box.commit("side", "s\n");
    box.git("checkout -q main");
    box.write("both", "main\n2\n3\n4\n5\n");
    box.commit("one", "2\n");
    const std::string merge = box.merge("side");
    CHECK(paths_of(files_of(box.open(), merge)) == Strings{"both"});
    CHECK(files_of(box.open(), merge)[0].before.size() == 2);
    CHECK(added(box.open(), merge).empty()); // each line is in a parent
    box.write("evil", "e\n");
    box.write("one", "3\n");
    box.git("add -A");
    box.git("commit -q --amend --no-edit");
    const std::string evil = box.ask("rev-parse HEAD");
    CHECK(paths_of(files_of(box.open(), evil)) == Strings{"both", "evil new", "one"});
    CHECK(added(box.open(), evil) == Strings{"evil:1: e", "one:1: 3"});
}

TEST_CASE("lines of chosen files only, with renamed files told by the others") {
    Sandbox box;
    std::string text;
    for (int i = 0; i < 20; ++i) text += "line " + std::to_string(i) + "\n";
    box.write("other", "1\n");
    box.commit("old", text);
    box.git("mv old renamed");
    box.write("other", "2\n");
    const std::string id = box.commit("renamed", text + "more\n");
    const Repository repository = box.open();
    CommitFiles files(repository);
    auto found = value(files.of(id));
    std::erase_if(found, [](const CommitFile& file) { return file.path == "other"; });
    REQUIRE(found.size() == 1);
    CHECK(texts([&](const auto& each) { return files.added_lines(id, found, each); }) == Strings{"renamed:21: more"});
    CHECK(value(files.read(found[0].content)) == text + "more\n");
    CHECK(texts([&](const auto& each) { return files.added_lines(id, {}, each); }).empty());
}

TEST_CASE("between two commits, what came and went in the meantime doesn't count") {
    Sandbox box;
    std::string text;
    for (int i = 0; i < 20; ++i) text += "line " + std::to_string(i) + "\n";
    box.write("same", "1\n");
    const std::string first = box.commit("old", text);
    box.commit("gone", "1\n");
    box.git("rm -q gone old");
    box.write("same", "1\n2\n");
    const std::string last = box.commit("new", text + "more\n"); // renamed and edited
    const Repository repository = box.open();
    CommitFiles all(repository);
    const auto files = value(all.between(first, last));
    CHECK(paths_of(files) == Strings{"new new", "same"});
    const auto lines_of = [&](const std::vector<CommitFile>& wanted) {
        return texts([&](const auto& each) { return all.added_between(first, last, wanted, each); });
    };
    CHECK(lines_of(files) == texts([&](const auto& each) { return repository.added_between(first, last, each); }));
    const auto one = std::find_if(files.begin(), files.end(), [](const auto& file) { return file.path == "same"; });
    CHECK(lines_of({*one}) == Strings{"same:2: 2"});
    CHECK(lines_of({}).empty());
    CHECK(value(all.between(last, last)).empty());
    CHECK_FALSE(all.between(std::string(40, 'a'), last).ok());
}

TEST_CASE("what is not there or was not written by git is an error") {
    Sandbox box;
    box.commit("f", "1\n");
    const std::string second = box.commit("f", "2\n");
    const Repository repository = box.open();
    CHECK_FALSE(CommitFiles(repository).of(std::string(40, '1')).ok());
    CHECK(says(CommitFiles(repository).read(ObjectId{1}).error(),
               "file content 0100000000000000000000000000000000000000"));
    const Stopped stopped;
    CHECK(says(CommitFiles(repository).of(second).error(), "interrupted"));
}
