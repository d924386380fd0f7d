#include "tag/source/checkout.h"
#include "sys/git/refs.h"
#include "tag/source/gather.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using tag::test::Scratch;

namespace {

std::string head(const Scratch& scratch) {
    const auto found = Checkout(scratch.path()).head();
    return found.ok() ? found.value().ref : "error";
}

std::vector<std::string> tags(const std::string& path) {
    std::vector<std::string> names;
    Checkout checkout(path);
    const auto read = checkout.each_tag([&](std::string_view name) {
        names.emplace_back(name);
        return Result<void>();
    });
    REQUIRE(read.ok());
    std::sort(names.begin(), names.end());
    return names;
}

}

TEST_CASE("the ref of HEAD, attached and detached") {
    const Scratch scratch;
    CHECK(head(scratch) == "refs/heads/main");
    const auto first = scratch.commit("a");
    scratch.git({"tag", "v1"});
    CHECK(head(scratch) == "refs/heads/main"); // a tag at an attached HEAD is nobody's business
    scratch.git({"checkout", "--quiet", "--detach"});
    CHECK(head(scratch) == "refs/tags/v1");
    scratch.git({"tag", "-a", "-m", "x", "zeta"});
    scratch.git({"tag", "v1.10.0"});
    CHECK(head(scratch) == "refs/tags/zeta");
    scratch.git({"pack-refs", "--all"});
    CHECK(head(scratch) == "refs/tags/zeta");
    scratch.git({"tag", "-d", "v1", "zeta", "v1.10.0"});
    scratch.git({"update-ref", "refs/remotes/pull/7/merge", first});
    scratch.git({"branch", "-D", "main"});
    CHECK(head(scratch) == "refs/pull/7/merge");
    scratch.git({"update-ref", "-d", "refs/remotes/pull/7/merge"});
    scratch.git({"update-ref", "refs/remotes/origin/feat/x", first});
    CHECK(head(scratch) == "refs/heads/feat/x");
    scratch.git({"update-ref", "-d", "refs/remotes/origin/feat/x"});
    CHECK(head(scratch) == "");
}

TEST_CASE("a detached HEAD that nothing names is on the newest branch that holds it") {
    const Scratch scratch;
    const auto first = scratch.commit("a");
    scratch.commit("b");
    scratch.git({"checkout", "--quiet", first});
    CHECK(head(scratch) == "refs/heads/main");
    scratch.git({"update-ref", "refs/remotes/origin/rel/1", "main"});
    scratch.git({"tag", "v5", "main"});
    scratch.git({"branch", "-D", "main"});
    CHECK(head(scratch) == "refs/heads/rel/1");
    scratch.git({"update-ref", "-d", "refs/remotes/origin/rel/1"});
    CHECK(head(scratch) == "refs/tags/v5");
}

TEST_CASE("tags are read loose and packed, each once, from linked work trees too") {
    const Scratch scratch;
    scratch.commit("a");
    for (const auto* tag : {"v1", "v2", "deep/er/v3"}) scratch.git({"tag", tag});
    scratch.git({"pack-refs", "--all"});
    scratch.git({"tag", "-f", "v2"});
    scratch.git({"tag", "-a", "-m", "x", "v4"});
    const std::vector<std::string> all = {"deep/er/v3", "v1", "v2", "v4"};
    CHECK(tags(scratch.path()) == all);
    const auto tree = scratch.path() + " tree";
    scratch.git({"worktree", "add", "--quiet", "-b", "side", tree});
    CHECK(tags(tree) == all);
    REQUIRE(sys::remove_tree(tree).ok());
}

TEST_CASE("a shallow clone knows all tags only where it was given them") {
    const Scratch scratch;
    for (const auto* tag : {"v2", "v1"}) {
        scratch.commit(tag);
        scratch.git({"tag", tag});
    }
    for (const auto* more : {"c", "d"}) scratch.commit(more);
    scratch.git({"checkout", "--quiet", "-b", "side", "v2"});
    scratch.commit("d");
    scratch.git({"tag", "v0"});
    scratch.git({"checkout", "--quiet", "--detach"});
    scratch.commit("e");
    scratch.git({"tag", "v3"});
    const auto folder = std::move(sys::TemporaryFolder::make("fairlead clones")).value();
    const auto known = [&](const std::string& name, std::vector<std::string> clone, std::vector<std::string> fetch) {
        const auto path = (folder.path() / name).string();
        clone.insert(clone.begin(), {"clone", "--quiet"});
        clone.insert(clone.end(), {"--branch", "main", "file://" + scratch.path(), path});
        scratch.git(clone);
        if (!fetch.empty()) {
            fetch.insert(fetch.begin(), {"-C", path, "fetch", "--quiet"});
            scratch.git(fetch);
        }
        Checkout checkout(path);
        const auto read = checkout.require(Tags::all);
        return read.ok() ? "known" : read.error().message;
    };
    const auto fetch_told = [](const std::string& message) { return message.find("git fetch ") != message.npos; };
    CHECK(fetch_told(known("depth", {"--depth=2"}, {})));
    CHECK(known("branches", {"--depth=2", "--no-single-branch"}, {}) == "known"); // that clone takes all tags
    CHECK(fetch_told(known("one", {"--depth=2"}, {"--depth=2", "origin", "tag", "v3"})));
    CHECK(known("all", {"--depth=2"}, {"--depth=1", "--tags"}) == "known");
    CHECK(fetch_told(known("none", {"--no-tags"}, {})));
    CHECK(known("later", {"--no-tags"}, {"--tags"}) == "known");
}

TEST_CASE("a whole clone stays one when the commit of an annotated tag is fetched once more") {
    const Scratch scratch;
    scratch.commit("a");
    scratch.git({"tag", "v1"});
    scratch.commit("b");
    scratch.git({"tag", "--annotate", "--message", "b", "v2"});
    const auto commit = scratch.git({"rev-parse", "HEAD"});
    const auto folder = std::move(sys::TemporaryFolder::make("fairlead clones")).value();
    const auto known = [&](const std::string& name, const std::vector<std::vector<std::string>>& fetches) {
        const auto path = (folder.path() / name).string();
        scratch.git({"init", "--quiet", path});
        scratch.git({"-C", path, "remote", "add", "origin", "file://" + scratch.path()});
        for (auto fetch : fetches) {
            fetch.insert(fetch.begin(), {"-C", path, "fetch", "--quiet", "--no-tags"});
            scratch.git(fetch);
        }
        scratch.git({"-C", path, "checkout", "--quiet", "--detach", commit});
        return Checkout(path).require(Tags::all).ok();
    };
    const std::vector<std::string> all = {"origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"};
    const std::vector<std::string> tag = {"origin", "+" + commit + ":refs/tags/v2"};
    const std::vector<std::string> branch = {"origin", "+" + commit + ":refs/remotes/origin/main"};
    CHECK(known("checkout", {all, tag}));
    CHECK_FALSE(known("tag", {tag}));
    CHECK_FALSE(known("branch", {branch}));
    CHECK_FALSE(known("short", {{"--depth=1", "origin", branch[1]}, {"--depth=1", "origin", tag[1]}}));
}

TEST_CASE("broken references and other formats are an error with the reason") {
    const Scratch scratch;
    scratch.commit("a");
    const auto git_folder = scratch.path() + "/.git";
    const auto read = [&] {
        return sys::each_reference(git_folder, "refs/tags/",
                                   [](const sys::StoredReference&) { return Result<void>(); });
    };
    REQUIRE(sys::write_file(git_folder + "/refs/tags/.DS_Store", "junk\n").ok());
    REQUIRE(sys::write_file(git_folder + "/refs/tags/v8", std::string(40, 'A') + " more\n").ok());
    REQUIRE(read().ok());
    CHECK(tags(scratch.path()) == std::vector<std::string>{"v8"});
    REQUIRE(sys::write_file(git_folder + "/refs/tags/v9", "junk\n").ok());
    REQUIRE_FALSE(read().ok());
    CHECK(read().error().message.find("refs/tags/v9 is broken") != std::string::npos);
    CHECK(read().error().kind == Kind::could_not);
    REQUIRE(sys::remove_tree(git_folder + "/refs/tags/v9").ok());
    REQUIRE(sys::write_file(git_folder + "/packed-refs", "nonsense\n").ok());
    CHECK_FALSE(read().ok());
    REQUIRE(sys::make_folders(git_folder + "/reftable").ok());
    CHECK(read().error().message.find("reftable") != std::string::npos);
}

TEST_CASE("no repository is an error where one is needed, and nothing where it is not") {
    auto folder = sys::TemporaryFolder::make("fairlead none");
    REQUIRE(folder.ok());
    Checkout checkout(folder.value().path().string());
    CHECK_FALSE(checkout.head().ok());
    CHECK_FALSE(checkout.commit_date("HEAD"));
    CHECK_FALSE(checkout.default_branch());
}

TEST_CASE("describe, distance and commit count as git has them") {
    const Scratch scratch;
    scratch.commit("a");
    Checkout checkout(scratch.path());
    CHECK(checkout.describe("HEAD").value().text == scratch.git({"rev-parse", "--short=7", "HEAD"}));
    scratch.git({"tag", "v1.0.0"});
    CHECK(Checkout(scratch.path()).describe("HEAD").value().text == "v1.0.0");
    scratch.commit("b");
    scratch.commit("c");
    Checkout later(scratch.path());
    CHECK(later.describe("HEAD").value().text == scratch.git({"describe", "--tags", "--abbrev=7"}));
    CHECK(later.commit_count("HEAD").value() == 3);
    for (const auto* tag : {"b", "a"}) scratch.git({"tag", tag});
    CHECK(Checkout(scratch.path()).describe("HEAD").value().text == "a");
    scratch.git({"tag", "-a", "-m", "x", "z"}); // an annotated one goes before
    CHECK(Checkout(scratch.path()).describe("HEAD").value().text == "z");
}

TEST_CASE("the default branch is where the remote's HEAD leads; main or master is a guess, and only one of them") {
    const Scratch scratch;
    const auto id = scratch.commit("a");
    CHECK_FALSE(Checkout(scratch.path()).default_branch());
    CHECK(Checkout(scratch.path()).guess_default_branch() == "main");
    scratch.git({"update-ref", "refs/remotes/origin/master", id});
    scratch.git({"config", "remote.origin.url", "https://example.org/shop"});
    CHECK_FALSE(Checkout(scratch.path()).guess_default_branch()); // there are two
    scratch.git({"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"});
    CHECK_FALSE(Checkout(scratch.path()).default_branch()); // that branch is gone
    scratch.git({"update-ref", "refs/remotes/origin/trunk", id});
    CHECK(Checkout(scratch.path()).default_branch() == "trunk");
    scratch.git({"config", "remote.a.url", "https://example.org/a"});
    scratch.git({"update-ref", "refs/remotes/a/x", id});
    scratch.git({"symbolic-ref", "refs/remotes/a/HEAD", "refs/remotes/a/x"});
    CHECK(Checkout(scratch.path()).default_branch() == "trunk"); // origin goes before others
    scratch.git({"config", "--unset", "remote.origin.url"});
    CHECK(Checkout(scratch.path()).default_branch() == "x");
    scratch.git({"config", "remote.b.url", "https://example.org/b"});
    scratch.git({"update-ref", "refs/remotes/b/y", id});
    scratch.git({"symbolic-ref", "refs/remotes/b/HEAD", "refs/remotes/b/y"});
    CHECK_FALSE(Checkout(scratch.path()).default_branch()); // which of them, nobody says
}
