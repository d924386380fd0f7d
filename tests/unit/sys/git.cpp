#include "sys/git.h"
#include "support/catch.h"
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

using namespace fairlead;
using namespace fairlead::sys;
namespace fs = std::filesystem;

namespace {

// A scratch repository made by the real git, with times that go up by a minute per commit.
class Sandbox {
  public:
    explicit Sandbox(const std::string& init = "init -q -b main .") {
        std::string name = (fs::temp_directory_path() / "fairlead-git-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = fs::canonical(name).string();
        git(init);
    }
    ~Sandbox() { fs::remove_all(folder); }
    Sandbox(const Sandbox&) = delete;

    void shell(const std::string& command) const {
        INFO(command);
        REQUIRE(std::system(("cd '" + folder + "' && " + command).c_str()) == 0);
    }
    void git(const std::string& arguments, const std::string& before = "") const {
        shell(before + command() + arguments);
    }
    std::string ask(const std::string& arguments) const {
        shell(command() + arguments + " > .git-answer");
        std::string answer = test::read(folder + "/.git-answer");
        fs::remove(folder + "/.git-answer");
        if (answer.ends_with('\n')) answer.pop_back();
        return answer;
    }
    void write(const std::string& path, const std::string& content) const {
        fs::create_directories(fs::path(folder + "/" + path).parent_path());
        std::ofstream(folder + "/" + path, std::ios::binary) << content;
    }
    std::string commit(const std::string& message) {
        const std::string time = std::to_string(1'700'000'000 + 60 * ++commits_) + " +0130";
        git("add -A");
        git("commit -q --allow-empty -m '" + message + "'",
            "GIT_AUTHOR_DATE='" + time + "' GIT_COMMITTER_DATE='" + time + "' ");
        return ask("rev-parse HEAD");
    }
    std::string commit(const std::string& path, const std::string& content) {
        write(path, content);
        return commit("change " + path);
    }
    std::string merge(const std::string& branch) {
        const std::string time = std::to_string(1'700'000'000 + 60 * ++commits_) + " +0000";
        git("merge -q --no-ff --no-edit " + branch + " > .git/out",
            "GIT_AUTHOR_DATE='" + time + "' GIT_COMMITTER_DATE='" + time + "' ");
        return ask("rev-parse HEAD");
    }
    Repository open(const std::string& below = "") const {
        auto result = Repository::open(folder + below);
        INFO((result.ok() ? "" : result.error().message));
        REQUIRE(result.ok());
        return std::move(result).value();
    }

    std::string folder;

  private:
    static std::string command() {
        return "GIT_CONFIG_GLOBAL=/dev/null git -c advice.nestedTag=false -c user.name=Ann -c "
               "user.email=ann@example.org -c commit.gpgsign=false -c "
               "protocol.file.allow=always "
               "-c init.defaultBranch=main ";
    }
    int commits_ = 0;
};

template <typename T>
T value(Result<T> result) {
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return std::move(result).value();
}

// "path:line: text" of everything that is added; "path: binary".
std::vector<std::string> texts(const std::function<Result<void>(const std::function<void(AddedLines)>&)>& walk) {
    std::vector<std::string> result;
    const auto done = walk([&](const AddedLines& added) {
        if (added.binary) result.push_back(added.path + ": binary");
        int line = added.first_line;
        for (const auto& text : added.lines) result.push_back(added.path + ":" + std::to_string(line++) + ": " + text);
    });
    INFO((done.ok() ? "" : done.error().message));
    REQUIRE(done.ok());
    return result;
}

std::vector<std::string> added(const Repository& repository, const std::string& commit) {
    return texts([&](const auto& each) { return repository.added_lines(commit, each); });
}

using Strings = std::vector<std::string>;

bool says(const Error& error, const std::string& words) {
    UNSCOPED_INFO(error.message);
    return error.message.find(words) != std::string::npos;
}

}

TEST_CASE("a folder without a repository is told from other failures") {
    const auto nowhere = Repository::open("/proc");
    REQUIRE_FALSE(nowhere.ok());
    CHECK(Repository::is_missing(nowhere.error()));
    CHECK(nowhere.error().kind == Kind::could_not);
    const auto absent = Repository::open("/nonexistent/folder");
    REQUIRE_FALSE(absent.ok());
    CHECK(Repository::is_missing(absent.error()));
}

TEST_CASE("a repository is found upward, and is described before and after its first commit") {
    Sandbox box;
    box.write("a/b/c.txt", "x\n");
    const Repository repository = box.open("/a/b");
    CHECK(repository.work_tree() == box.folder);
    CHECK(repository.git_folder() == box.folder + "/.git");
    CHECK(repository.head_branch() == "refs/heads/main");
    CHECK_FALSE(repository.head_commit());
    CHECK_FALSE(repository.is_shallow());
    CHECK_FALSE(repository.resolve("HEAD").ok());
    const std::string id = box.commit("first");
    CHECK(repository.head_commit() == id);
    box.git("checkout -q --detach");
    CHECK_FALSE(repository.head_branch());
    CHECK(repository.head_commit() == id);
}

TEST_CASE("a commit is read with its people, times and parents") {
    Sandbox box;
    const std::string first = box.commit("a", "1\n");
    const std::string second = box.commit("feat: two\n\nbody");
    const Commit commit = value(box.open().commit(second));
    CHECK(commit.id == second);
    CHECK(commit.parents == Strings{first});
    CHECK(commit.message == "feat: two\n\nbody\n");
    CHECK(commit.author_name == "Ann");
    CHECK(commit.author_email == "ann@example.org");
    CHECK(commit.committer_time == 1'700'000'120);
    CHECK(commit.committer_offset == 90);
    CHECK_FALSE(box.open().commit("HEAD").ok());
    CHECK(says(box.open().commit(std::string(40, 'a')).error(), "git fetch origin " + std::string(40, 'a')));
}

TEST_CASE("revisions resolve to commits, through tags; unknown ones say so") {
    Sandbox box;
    const std::string id = box.commit("a", "1\n");
    box.git("tag v1");
    box.git("tag -a -m x v2");
    box.git("tag -a -m x v3 v2");
    const Repository repository = box.open();
    for (const char* name : {"HEAD", "main", "v1", "v2", "v3", "refs/tags/v2"})
        CHECK(value(repository.resolve(name)) == id);
    CHECK(value(repository.resolve(id.substr(0, 10))) == id);
    CHECK(says(repository.resolve("nope").error(), "revision 'nope'"));
    CHECK(says(repository.resolve("HEAD:a").error(), "does not lead to a commit"));
}

TEST_CASE("references are peeled, loose or packed, and empty where they lead to no commit") {
    Sandbox box;
    const std::string first = box.commit("a", "1\n");
    box.git("tag v1");
    box.git("tag -a -m x v2");
    box.git("tag -a -m x nested v2");
    box.git("tag blob HEAD:a");
    box.git("tag -a -m x tagged-blob HEAD:a");
    const std::map<std::string, std::string> expected = {{"refs/tags/v1", first},
                                                         {"refs/tags/v2", first},
                                                         {"refs/tags/nested", first},
                                                         {"refs/tags/blob", ""},
                                                         {"refs/tags/tagged-blob", ""}};
    for (const bool packed : {false, true}) {
        if (packed) box.git("pack-refs --all");
        std::map<std::string, std::string> found;
        for (const auto& [name, commit] : value(box.open().references("refs/tags/"))) found[name] = commit;
        CHECK(found == expected);
    }
    CHECK(value(box.open().references("refs/heads/")).size() == 1);
    CHECK(value(box.open().references("refs/nothing/")).empty());
}

TEST_CASE("a work tree is dirty when a tracked file is changed or staged") {
    Sandbox box;
    box.commit("a", "1\n");
    CHECK_FALSE(value(box.open().is_dirty()));
    box.write("untracked", "x");
    CHECK_FALSE(value(box.open().is_dirty()));
    box.write("a", "22\n");
    CHECK(value(box.open().is_dirty()));
    box.git("add a");
    CHECK(value(box.open().is_dirty()));
}

TEST_CASE("a range holds what head has and base lacks, merges included, newest first") {
    Sandbox box;
    const std::string root = box.commit("a", "1\n");
    box.git("checkout -q -b side");
    const std::string side = box.commit("s", "1\n");
    box.git("checkout -q main");
    const std::string main = box.commit("m", "1\n");
    const std::string merge = box.merge("side");
    const std::string last = box.commit("last");
    const Repository repository = box.open();
    CHECK(value(repository.range("", last)) == Strings{last, merge, main, side, root});
    CHECK(value(repository.range(main, last)) == Strings{last, merge, side});
    CHECK(value(repository.range(root, side)) == Strings{side});
    CHECK(value(repository.range(last, root)).empty());
    CHECK(value(repository.range(last, last)).empty());
    CHECK(value(repository.is_ancestor(root, last)));
    CHECK(value(repository.is_ancestor(last, last)));
    CHECK_FALSE(value(repository.is_ancestor(last, root)));
    CHECK_FALSE(value(repository.is_ancestor(side, main)));
    CHECK(value(repository.merge_base(side, main)) == root);
    CHECK(value(repository.merge_base(side, last)) == side);
    box.git("checkout -q --orphan other");
    const std::string other = box.commit("other");
    CHECK_FALSE(value(box.open().merge_base(other, last)));
}

TEST_CASE("a range is right where clocks were wrong") {
    Sandbox box;
    box.commit("root");
    box.git("commit -q --allow-empty -m future", "GIT_COMMITTER_DATE='1900000000 +0000' ");
    const std::string future = box.ask("rev-parse HEAD");
    const std::string base = box.commit("base");
    const std::string head = box.commit("head");
    const Repository repository = box.open();
    CHECK(value(repository.range(base, head)) == Strings{head});
    CHECK(value(repository.range(future, head)) == Strings{head, base});
    CHECK(value(repository.is_ancestor(future, head)));
}

TEST_CASE("ranges agree with git on a tangled history") {
    Sandbox box;
    box.commit("root");
    for (int i = 0; i < 12; ++i) {
        box.git("checkout -q -b b" + std::to_string(i) + (i < 2 ? "" : " b" + std::to_string(i - 2)));
        box.commit("on b" + std::to_string(i));
        if (i % 3 == 2) box.merge("b" + std::to_string(i - 1));
    }
    const Repository repository = box.open();
    for (int i = 0; i < 12; ++i) {
        for (int j = 0; j < 12; ++j) {
            const std::string base = "b" + std::to_string(i), head = "b" + std::to_string(j);
            const auto range =
                value(repository.range(value(repository.resolve(base)), value(repository.resolve(head))));
            std::string list;
            for (const auto& id : range) list += (list.empty() ? "" : "\n") + id;
            CHECK(list == box.ask("rev-list " + base + ".." + head));
        }
    }
}

TEST_CASE("a shallow clone answers what it can and else names the fetch command") {
    Sandbox origin;
    Strings ids;
    for (int i = 0; i < 6; ++i) ids.push_back(origin.commit("f", std::to_string(i) + "\n"));
    Sandbox box("clone -q --depth 3 'file://" + origin.folder + "' .");
    const Repository repository = box.open();
    CHECK(repository.is_shallow());
    CHECK(value(repository.range(ids[4], ids[5])) == Strings{ids[5]});
    CHECK(value(repository.range(ids[3], ids[5])) == Strings{ids[5], ids[4]});
    CHECK(value(repository.is_ancestor(ids[3], ids[5])));
    CHECK(added(repository, ids[4]) == Strings{"f:1: 4"});
    for (const auto& failed : {repository.range("", ids[5]), repository.range(ids[1], ids[5])}) {
        REQUIRE_FALSE(failed.ok());
        CHECK(failed.error().kind == Kind::could_not);
        CHECK(says(failed.error(), "shallow clone"));
        CHECK(says(failed.error(), "git fetch --unshallow origin"));
    }
    CHECK(says(repository.resolve(ids[1]).error(), "git fetch --unshallow origin"));
    const auto boundary = repository.added_lines(ids[3], [](const AddedLines&) {});
    REQUIRE_FALSE(boundary.ok());
    CHECK(says(boundary.error(), "git fetch --unshallow origin"));
    box.git("fetch -q --unshallow origin"); // what it told
    CHECK(value(box.open().range(ids[1], ids[5])).size() == 4);
}

TEST_CASE("a base whose own history is cut does not pull older commits into the range") {
    Sandbox origin;
    const std::string root = origin.commit("root");
    const std::string fork = origin.commit("fork");
    origin.git("checkout -q -b side");
    const std::string side = origin.commit("side");
    origin.git("checkout -q main");
    for (int i = 0; i < 5; ++i) origin.commit("main " + std::to_string(i));
    const std::string main = origin.ask("rev-parse main");
    Sandbox box("clone -q --single-branch -b side 'file://" + origin.folder + "' .");
    box.git("fetch -q --depth 1 origin main"); // cuts at main's tip; side is whole
    const auto range = box.open().range(main, side);
    REQUIRE_FALSE(range.ok()); // fork and root belong to main, which can't be known here
    CHECK(says(range.error(), "git fetch --unshallow origin"));
    box.git("fetch -q --unshallow origin main side");
    CHECK(value(box.open().range(main, side)) == Strings{side});
}

TEST_CASE("a partial clone says which object to fetch") {
    Sandbox origin;
    origin.git("config uploadpack.allowFilter true");
    origin.git("config uploadpack.allowAnySHA1InWant true");
    const std::string first = origin.commit("f", "1\n");
    const std::string second = origin.commit("f", "2\n");
    Sandbox box("clone -q --no-checkout --filter=blob:none 'file://" + origin.folder + "' .");
    CHECK(value(box.open().range(first, second)) == Strings{second});
    for (;;) { // one object after the other, by the command that the message gives
        const auto done = box.open().added_lines(second, [](const AddedLines&) {});
        if (done.ok()) break;
        const auto at = done.error().message.find("git fetch origin ");
        REQUIRE(at != std::string::npos);
        box.shell(done.error().message.substr(at) + " -q");
    }
    CHECK(added(box.open(), second) == Strings{"f:1: 2"});
}

TEST_CASE("added lines carry their numbers in the new file, without line ends") {
    Sandbox box;
    const std::string first = box.commit("dir/f.txt", "one\ntwo\r\nthree");
    CHECK(added(box.open(), first) == Strings{"dir/f.txt:1: one", "dir/f.txt:2: two", "dir/f.txt:3: three"});
    const std::string second = box.commit("dir/f.txt", "zero\none\ntwo\r\nthree\nfour\nfive\n");
    CHECK(added(box.open(), second) ==
          Strings{"dir/f.txt:1: zero", "dir/f.txt:4: three", "dir/f.txt:5: four", "dir/f.txt:6: five"});
    CHECK(value(box.open().changed_paths(second)) == Strings{"dir/f.txt"});
    box.git("rm -q dir/f.txt");
    const std::string third = box.commit("removed");
    CHECK(added(box.open(), third).empty());
    CHECK(value(box.open().changed_paths(third)) == Strings{"dir/f.txt"});
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

TEST_CASE("attributes do not hide lines, and binary files are named") {
    Sandbox box;
    box.write(".gitattributes", "*.env -diff\n");
    box.write("a.bin", std::string("a\0b\n", 4));
    const std::string id = box.commit("x.env", "hidden\n");
    CHECK(added(box.open(), id) == Strings{".gitattributes:1: *.env -diff", "a.bin: binary", "x.env:1: hidden"});
    const std::string next = box.commit("x.env", "hidden\nmore\n");
    CHECK(added(box.open(), next) == Strings{"x.env:2: more"});
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

TEST_CASE("tracked files and blobs are read; odd names survive") {
    Sandbox box;
    box.write("b c/\u00e4\"x", "1");
    box.write("a", "2");
    box.write(".gitignore", "ignored\n");
    box.write("ignored", "3");
    const std::string id = box.commit("x");
    const Repository repository = box.open();
    CHECK(value(repository.tracked_files()) == Strings{".gitignore", "a", "b c/\u00e4\"x"});
    CHECK(value(repository.read_blob(id, "b c/\u00e4\"x")) == "1");
    CHECK(says(repository.read_blob(id, "nope").error(), "nope is not in commit"));
    CHECK_FALSE(repository.read_blob(id, "b c").ok());
    CHECK_FALSE(repository.remote_url("origin"));
    box.git("remote add origin https://example.org/x.git");
    CHECK(box.open().remote_url("origin") == "https://example.org/x.git");
}

TEST_CASE("worktrees, alternates, bare repositories and unusual extensions open") {
    Sandbox box;
    const std::string id = box.commit("a", "1\n");
    box.git("config extensions.worktreeConfig true");
    box.git("config core.repositoryFormatVersion 1");
    box.git("worktree add -q -b other wt");
    const Repository tree = box.open("/wt");
    CHECK(tree.work_tree() == box.folder + "/wt");
    CHECK(tree.head_branch() == "refs/heads/other");
    CHECK(tree.head_commit() == id);
    CHECK(value(tree.range("", id)).size() == 1);
    box.git("clone -q --shared --bare . bare.git");
    const Repository bare = box.open("/bare.git");
    CHECK(bare.work_tree().empty());
    CHECK(value(bare.commit(id)).id == id);
    CHECK_FALSE(value(bare.is_dirty()));
}

TEST_CASE("a repository of SHA-256 objects can't be read, and the reason is given") {
    Sandbox box("init -q --object-format=sha256 .");
    const auto result = Repository::open(box.folder);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::could_not);
    CHECK_FALSE(Repository::is_missing(result.error()));
    CHECK(says(result.error(), "SHA-256"));
}

TEST_CASE("a damaged repository is an error, not an empty answer") {
    Sandbox box;
    const std::string id = box.commit("a", "1\n");
    box.shell("chmod -R u+w .git/objects && find .git/objects -type f -exec truncate -s 0 {} +");
    CHECK_FALSE(box.open().range("", id).ok());
    CHECK_FALSE(box.open().added_lines(id, [](const AddedLines&) {}).ok());
}
