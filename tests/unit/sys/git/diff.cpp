#include "unit/sys/git_sandbox.h"
#include <memory>

using namespace fairlead;
using namespace fairlead::test;

TEST_CASE("a partial clone says what brings all that it lacks, at once") {
    Sandbox origin;
    origin.git("config uploadpack.allowFilter true");
    const std::string first = origin.commit("f", "1\n");
    const std::string second = origin.commit("f", "2\n");
    Sandbox box("clone -q --no-checkout --filter=blob:none 'file://" + origin.folder + "' .");
    CHECK(value(box.open().range(first, second)) == Strings{second});
    const auto done = box.open().added_lines(second, ignored);
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().kind == Kind::could_not);
    const auto at = done.error().message.find("git fetch ");
    REQUIRE(at != std::string::npos);
    box.shell(done.error().message.substr(at) + " -q"); // the command that the message gives
    CHECK(added(box.open(), second) == Strings{"f:1: 2"});
}

TEST_CASE("added lines carry their numbers in the new file, without line ends") {
    Sandbox box;
    const std::string first = box.commit("dir/f.txt", "one\ntwo\r\nthree");
    CHECK(added(box.open(), first) == Strings{"dir/f.txt:1: one", "dir/f.txt:2: two", "dir/f.txt:3: three"});
    const std::string second = box.commit("dir/f.txt", "zero\none\ntwo\r\nthree\nfour\nfive\n");
    CHECK(added(box.open(), second) ==
          Strings{"dir/f.txt:1: zero", "dir/f.txt:4: three", "dir/f.txt:5: four", "dir/f.txt:6: five"});
    CHECK(value(changed(box.open(), second)) == Strings{"dir/f.txt"});
    box.git("rm -q dir/f.txt");
    const std::string third = box.commit("removed");
    CHECK(added(box.open(), third).empty());
    CHECK(value(changed(box.open(), third)) == Strings{"dir/f.txt"});
}

TEST_CASE("a renamed file adds what was changed in it") {
    Sandbox box;
    std::string text;
    for (int i = 0; i < 20; ++i) text += "line " + std::to_string(i) + "\n";
    box.commit("old", text);
    box.git("mv old new");
    const std::string moved = box.commit("new", text + "more\n");
    CHECK(added(box.open(), moved) == Strings{"new:21: more"});
}

TEST_CASE("of very many renamed files those that moved as they were add nothing, edited ones are new") {
    Sandbox box;
    const auto text = [](int i) { return "file " + std::to_string(i) + "\nsecond\nthird\nfourth\n"; };
    for (int i = 0; i < 320; ++i) box.write("old/" + std::to_string(i), text(i));
    box.commit("old/0", text(0));
    box.git("mv old new");
    const std::string moved = box.commit("new/7", text(7) + "more\n");
    const auto lines = added(box.open(), moved);
    CHECK(lines.size() == 5);
    CHECK(lines.back() == "new/7:5: more");
}

TEST_CASE("attributes do not hide lines, and binary files are named") {
    Sandbox box;
    box.write(".gitattributes", "*.env -diff\n");
    box.write("a.bin", std::string("\0\1\2\3b\n", 6));
    const std::string id = box.commit("x.env", "hidden\n");
    CHECK(added(box.open(), id) == Strings{".gitattributes:1: *.env -diff", "a.bin: binary", "x.env:1: hidden"});
    const std::string next = box.commit("x.env", "hidden\nmore\n");
    CHECK(added(box.open(), next) == Strings{"x.env:2: more"});
}

TEST_CASE("UTF-16 with its mark is text: its lines come as UTF-8, compared as text") {
    Sandbox box;
    const std::string id = box.commit("f", std::string("\xFF\xFE"
                                                       "a\0\n\0",
                                                       6));
    CHECK(added(box.open(), id) == Strings{"f:1: a"});
    const std::string next = box.commit("f", std::string("\xFE\xFF"
                                                         "\0a\0\n\0b",
                                                         8));
    CHECK(added(box.open(), next) == Strings{"f:2: b"});
}

TEST_CASE("a merge adds only what none of its parents has") {
    Sandbox box;
    box.commit("f", "a\nb\nc\n");
    box.git("checkout -q -b side");
    box.commit("f", "a\nb\nc\nside\n");
    box.git("checkout -q main");
    box.commit("f", "main\na\nb\nc\n");
    CHECK(added(box.open(), box.merge("side")).empty());
    box.write("f", "main\na\nevil\nb\nc\nside\n");
    box.write("new", "evil\n");
    box.git("add -A");
    box.git("commit -q --amend --no-edit");
    const std::string evil = box.ask("rev-parse HEAD");
    CHECK(added(box.open(), evil) == Strings{"f:3: evil", "new:1: evil"});
}

TEST_CASE("an octopus merge is compared with all of its parents") {
    Sandbox box;
    box.commit("f", "base\n");
    for (const char* name : {"one", "two"}) {
        box.git("checkout -q -b " + std::string(name) + " main");
        box.commit(name, "x\n");
    }
    box.git("checkout -q main");
    box.commit("m", "x\n");
    const std::string octopus = box.merge("one two");
    CHECK(value(box.open().commit(octopus)).parents.size() == 3);
    CHECK(added(box.open(), octopus).empty());
}

TEST_CASE("the net difference of two commits leaves out what came and went") {
    Sandbox box;
    const std::string base = box.commit("f", "a\n");
    box.commit("f", "a\ngone\n");
    const std::string head = box.commit("f", "a\nstays\n");
    CHECK(texts([&](const auto& each) { return box.open().added_between(base, head, each); }) == Strings{"f:2: stays"});
}

TEST_CASE("staged lines are those of the index, before the first commit too") {
    Sandbox box;
    const auto staged = [&] {
        return texts([repository = std::make_shared<Repository>(box.open())](const auto& each) {
            return repository->staged_lines(each);
        });
    };
    box.write("f", "a\n");
    CHECK(staged().empty());
    box.git("add f");
    CHECK(staged() == Strings{"f:1: a"});
    box.commit("first");
    box.write("f", "a\nb\n");
    CHECK(staged().empty());
    box.git("add f");
    box.write("f", "a\nb\nnot staged\n");
    CHECK(staged() == Strings{"f:2: b"});
    CHECK(value(box.open().read_staged("f")) == "a\nb\n");
    CHECK_FALSE(box.open().read_staged("g").ok());
}

TEST_CASE("files that are staged are counted, removed ones too") {
    Sandbox box;
    box.write("b", "x\n");
    box.commit("a", "x\n");
    CHECK(value(box.open().staged_files()) == 0);
    box.git("rm -q a");
    CHECK(value(box.open().staged_files()) == 1);
    box.git("mv b c");
    CHECK(value(box.open().staged_files()) >= 2);
}

TEST_CASE("a name that is new comes without lines where the content is not: an empty file, a renamed one") {
    Sandbox box;
    box.commit("old", "x\n");
    box.git("mv old new");
    box.write("empty", "");
    const std::string id = box.commit("names");
    Strings names;
    REQUIRE(box.open()
                .added_lines(id,
                             [&](const AddedLines& added) {
                                 names.push_back(added.path);
                                 CHECK(added.what == AddedLines::What::name);
                                 return Result<void>();
                             })
                .ok());
    CHECK(names == Strings{"empty", "new"});
    box.git("update-index --chmod=+x new");
    const std::string mode = box.commit("mode");
    REQUIRE(box.open().added_lines(mode, [](const AddedLines&) { return Result<void>(no("nothing is new")); }).ok());
}

TEST_CASE("lines around what is added come with it") {
    Sandbox box;
    box.commit("f", "1\n2\n5\n");
    const std::string id = box.commit("f", "1\n2\n3\n5\n");
    REQUIRE(box.open()
                .added_lines(id,
                             [&](const AddedLines& added) {
                                 CHECK(added.before == Strings{"1", "2"});
                                 CHECK(added.text == "3");
                                 CHECK(added.after == Strings{"5"});
                                 return Result<void>();
                             })
                .ok());
}

TEST_CASE("an error at the second of what is added ends the walk, and so does a signal") {
    Sandbox box;
    const std::string base = box.commit("f", "a\n");
    for (const auto* name : {"g", "h", "i"}) box.write(name, "x\n");
    box.write("f", "b\nb\na\nb\n");
    box.git("add -A");
    const Repository staged = box.open();
    Second one, two, three;
    const auto by_one = staged.staged_lines(std::ref(one));
    CHECK(one.ended(by_one));
    const std::string head = box.commit("more");
    const Repository repository = box.open();
    const auto by_two = repository.added_lines(head, std::ref(two));
    CHECK(two.ended(by_two));
    const auto by_three = repository.added_between(base, head, std::ref(three));
    CHECK(three.ended(by_three));

    int calls = 0;
    std::optional<Stopped> stopped;
    const auto walk = repository.added_lines(head, [&](const AddedLines&) {
        if (++calls == 2) stopped.emplace(); // of the first file: its lines stand in two places
        return Result<void>();
    });
    REQUIRE_FALSE(walk.ok());
    CHECK(walk.error().kind == Kind::could_not);
    CHECK(walk.error().message == "interrupted while reading the changes");
    CHECK(calls == 2);
}

TEST_CASE("in a hook the index that git is about to commit is the one that counts") {
    Sandbox box;
    box.commit("f", "a\n");
    box.write("f", "a\nb\n");
    box.git("add f", "cp .git/index .git/other && GIT_INDEX_FILE=.git/other ");
    ::setenv("GIT_INDEX_FILE", ".git/other", 1);
    const auto lines = texts([&](const auto& each) { return box.open().staged_lines(each); });
    ::unsetenv("GIT_INDEX_FILE");
    CHECK(lines == Strings{"f:2: b"});
}

TEST_CASE("a clone without trees says how to get them") {
    Sandbox origin;
    origin.git("config uploadpack.allowFilter true");
    origin.commit("a/f", "1\n");
    const std::string id = origin.commit("a/g", "2\n");
    Sandbox box("clone -q --bare --filter=tree:0 'file://" + origin.folder + "' .");
    const auto paths = changed(box.open(), id);
    REQUIRE_FALSE(paths.ok());
    CHECK(paths.error().kind == Kind::could_not);
    CHECK(says(paths.error(), "git fetch --refetch --no-filter origin"));
    box.git("fetch -q --refetch --no-filter origin"); // what it told
    CHECK(value(changed(box.open(), id)) == Strings{"a/g"});
}

TEST_CASE("lines since a commit are those of the work tree: committed, staged and neither") {
    Sandbox box;
    std::string text;
    for (int i = 0; i < 20; ++i) text += "line " + std::to_string(i) + "\n";
    box.write("moved", text);
    box.write("returns", "a\r\nb\r\n");
    box.write("gone", "x\n");
    const std::string base = box.commit("f", "a\nb\n");
    const auto since = [&] {
        return texts([repository = std::make_shared<Repository>(box.open()), base](const auto& each) {
            return repository->added_since(base, each);
        });
    };
    CHECK(since().empty());
    box.commit("f", "a\ncommitted\nb\n");
    CHECK(since() == Strings{"f:2: committed"});
    box.write("f", "edited\na\ncommitted\nb\n");
    box.write("staged", "s\n");
    box.git("add staged");
    box.git("mv moved new");
    box.write("new", text + "more\n");
    box.write("untracked", "u\n");
    box.write("returns", "a\r\nb\r\nc\r\n");
    box.shell("rm gone && ln -s /etc/passwd link && git add link && ln -sf /etc/hosts link");
    CHECK(since() == Strings{"f:1: edited", "f:3: committed", "new:21: more", "returns:3: c", "staged:1: s"});
}

TEST_CASE("the line ends of a checkout are no change") {
    Sandbox box;
    const std::string base = box.commit("f", "a\nb\n");
    box.git("config core.autocrlf true");
    box.write("f", "a\r\nnew\r\nb\r\n");
    CHECK(texts([&](const auto& each) { return box.open().added_since(base, each); }) == Strings{"f:2: new"});
}
