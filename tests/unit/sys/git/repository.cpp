#include "unit/sys/git_sandbox.h"
#include <map>

using namespace fairlead;
using namespace fairlead::test;

TEST_CASE("a folder without a repository is told from other failures") {
    const auto nowhere = Repository::open("/proc");
    REQUIRE_FALSE(nowhere.ok());
    CHECK(Repository::is_missing(nowhere.error()));
    CHECK(nowhere.error().kind == Kind::could_not);
    const auto absent = Repository::open("/nonexistent/folder");
    REQUIRE_FALSE(absent.ok());
    CHECK(Repository::is_missing(absent.error()));
}

TEST_CASE("a remote's URL names owner and repository; a path on this machine doesn't") {
    CHECK(sys::repository_name("git@github.com:acme/shop.git") == "acme/shop");
    CHECK(sys::repository_name("https://www.github.com/acme/shop/") == "acme/shop");
    CHECK(sys::repository_name("/srv/git/acme/shop.git").empty());
    CHECK(sys::repository_name("").empty());
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
    CHECK(says(box.open().commit(std::string(40, 'a')).error(),
               "git remote add origin URL && git fetch --refetch origin"));
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

TEST_CASE("a work tree is dirty when a file differs that git was told not to look at") {
    const std::string flag = GENERATE("--assume-unchanged", "--skip-worktree");
    CAPTURE(flag);
    Sandbox box;
    box.commit("a", "1\n");
    box.git("update-index " + flag + " a");
    CHECK_FALSE(value(box.open().is_dirty()));
    box.write("a", "2\n"); // of the same size
    CHECK(value(box.open().is_dirty()));
    box.shell("rm a");
    CHECK(value(box.open().is_dirty()) == (flag == "--assume-unchanged")); // the other is a sparse work tree's
}

TEST_CASE("a look for hidden changes leaves the marks of the index as they are") {
    Sandbox box;
    box.commit("a", "1\n");
    box.git("update-index --skip-worktree a");
    box.shell("rm a");
    const Repository repository = box.open();
    for (int times = 0; times < 2; ++times) {
        CHECK_FALSE(value(repository.is_dirty()));
        CHECK(value(repository.staged_files()) == 0);
        CHECK(value(repository.left_out_files()) == Strings{"a"});
    }
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
    CHECK(box.open("/bare.git").work_tree() == box.folder); // one within a work tree may be a change's own: it is none
    Sandbox outside("init -q --bare .");
    outside.shell("rm -rf ./* && git clone -q --shared --bare '" + box.folder + "' .");
    const Repository bare = outside.open();
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
    CHECK_FALSE(box.open().added_lines(id, ignored).ok());
}
