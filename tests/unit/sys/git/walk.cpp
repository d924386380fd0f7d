#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::test;

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
    Strings bases; // all of them in one walk
    for (int i = 0; i < 12; ++i) bases.push_back(value(repository.resolve("b" + std::to_string(i))));
    for (const auto& head : bases) {
        const auto history = value(repository.history(bases, head, ignored));
        for (std::size_t i = 0; i < bases.size(); ++i) {
            Strings lacking;
            for (const auto& commit : history.commits)
                if (!((commit.behind >> i) & 1)) lacking.push_back(commit.id);
            CHECK(lacking == value(repository.range(bases[i], head)));
            CHECK(history.reached[i] == value(repository.is_ancestor(bases[i], head)));
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
    std::size_t seen = 0;
    using More = Repository::More;
    const auto three = [&](const std::string&) -> Result<More> { return ++seen < 3 ? More::yes : More::no; };
    CHECK(repository.each_ancestor(ids[5], three).ok());
    CHECK(seen == 3);
    const auto all = repository.each_ancestor(ids[5], [](const std::string&) -> Result<More> { return More::yes; });
    CHECK(says(all.error(), "shallow clone"));
    CHECK(says(repository.resolve(ids[1]).error(), "git fetch --unshallow origin"));
    const auto boundary = repository.added_lines(ids[3], ignored);
    REQUIRE_FALSE(boundary.ok());
    CHECK(says(boundary.error(), "git fetch --unshallow origin"));
    box.git("fetch -q --unshallow origin"); // what it told
    CHECK(value(box.open().range(ids[1], ids[5])).size() == 4);
}

TEST_CASE("an error at the second commit ends a walk along the history, and so does a signal") {
    Sandbox box;
    std::string head;
    for (int i = 0; i < 4; ++i) head = box.commit("f", std::to_string(i) + "\n");
    const Repository repository = box.open();
    using More = Repository::More;
    Second ancestors, texts_of;
    const auto walk = repository.each_ancestor(head, [&](const std::string& id) -> Result<More> {
        TRY_VOID(ancestors(id));
        return More::yes;
    });
    CHECK(ancestors.ended(walk));
    const auto range = repository.history({}, head, std::ref(texts_of));
    REQUIRE_FALSE(range.ok());
    CHECK(texts_of.ended(range.error()));

    int calls = 0;
    std::optional<Stopped> stopped;
    const auto cut = repository.each_ancestor(head, [&](const std::string&) -> Result<More> {
        if (++calls == 2) stopped.emplace();
        return More::yes;
    });
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().message == "interrupted while reading the history");
    CHECK(calls == 2);
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
