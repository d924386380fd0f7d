#include "sys/git/changed_paths.h"
#include "unit/sys/git_sandbox.h"
#include <map>
#include <random>

using namespace fairlead;
using namespace fairlead::test;

namespace {

// A history of `size` commits for git-fast-import(1): files come, change, go and become folders, branches are merged.
std::string random_history(std::mt19937& random, int size) {
    const Strings names = {"a", "a.b", "ab", "b", "-a", "docs"};
    const auto pick = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    std::string text;
    for (int i = 1; i <= size; ++i) {
        text += "commit refs/heads/b" + std::to_string(i) + "\nmark :" + std::to_string(i) + "\ncommitter A <a@b> " +
                std::to_string(1'700'000'000 + i) + " +0000\ndata 2\nx\n";
        if (i > 1) text += "from :" + std::to_string(std::max(1, i - 1 - static_cast<int>(pick(3)))) + "\n";
        if (i > 3 && pick(4) == 0) text += "merge :" + std::to_string(1 + pick(static_cast<std::size_t>(i - 1))) + "\n";
        for (std::size_t changes = pick(4); changes-- > 0;) {
            std::string path = names[pick(names.size())];
            for (std::size_t depth = pick(4); depth-- > 0;) path += "/" + names[pick(names.size())];
            const auto content = std::to_string(pick(3));
            const std::string mode = pick(3) == 0 ? "100755" : "100644";
            if (pick(4) == 0)
                text += "D " + path + "\n";
            else
                text += "M " + mode + " inline " + path + "\ndata 1\n" + content + "\n";
        }
    }
    return text;
}

}

TEST_CASE("the changed paths below some beginnings are those that git tells") {
    std::mt19937 random(20261121);
    Sandbox box;
    box.write("in", random_history(random, 150));
    box.git("fast-import --quiet --force < in");
    box.git("log --branches --format='commit %H' --diff-merges=first-parent --name-only --no-renames > out");
    const Repository repository = box.open();
    std::map<std::string, Strings> told; // by commit
    std::string commit;
    for (const auto& line : split(read(box.folder + "/out"), '\n')) {
        if (line.starts_with("commit "))
            told[commit = line.substr(7)];
        else if (!line.empty())
            told[commit].push_back(line);
    }
    const std::vector<Strings> wanted = {{},           {""},  {"a"}, {"a/"}, {"a/b/"}, {"docs/a", "b/"},
                                         {"a.b/docs"}, {"-"}, {"x/"}};
    std::size_t paths = 0;
    for (auto& [id, all] : told) {
        std::sort(all.begin(), all.end());
        for (const auto& beginnings : wanted) {
            Strings expected;
            for (const auto& path : all)
                if (beginnings.empty() || std::any_of(beginnings.begin(), beginnings.end(),
                                                      [&](const auto& one) { return path.starts_with(one); }))
                    expected.push_back(path);
            INFO(id << " " << join(beginnings, " "));
            CHECK(value(changed(repository, id, beginnings)) == expected);
            paths += expected.size();
        }
    }
    CHECK(told.size() == 150);
    CHECK(paths > 300);
}

TEST_CASE("who wants no more of a commit's paths gets no more") {
    Sandbox box;
    box.write("a", "1\n");
    box.write("b", "1\n");
    const std::string id = box.commit("both");
    const Repository repository = box.open();
    const auto history = value(repository.history({}, id, [](const CommitText&) -> Result<void> { return {}; }));
    int seen = 0;
    ChangedPaths paths(repository, {});
    CHECK(paths
              .of(history.commits.front(),
                  [&](const std::string&) -> Result<Repository::More> {
                      ++seen;
                      return Repository::More::no;
                  })
              .ok());
    CHECK(seen == 1);
}
