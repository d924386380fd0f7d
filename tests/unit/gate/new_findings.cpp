#include "gate/new_findings.h"
#include "support/catch.h"
#include <algorithm>
#include <map>

using namespace fairlead;
using namespace fairlead::gate;

namespace {

using Files = std::map<std::string, std::string>;

Foreign finding(std::string rule, std::string file, int line, std::string message = "m") {
    Foreign out;
    out.rule = std::move(rule);
    out.file = std::move(file);
    out.line = line;
    out.message = std::move(message);
    return out;
}

SourceTree tree_of(const Files& files) {
    return SourceTree(
        "/r", {""}, [&files](const std::string& path) { return files.contains(path); },
        [&files](const std::string& path) { return files.contains(path) ? files.at(path) : std::string(); });
}

KnownFindings::Ids ids(const Files& files, const std::vector<Foreign>& findings) {
    KnownFindings known(std::nullopt);
    const auto tree = tree_of(files);
    const auto judged = known.by(tree);
    for (const auto& one : findings) CHECK_FALSE(judged({&one, 1}));
    return known.kept();
}

// How many of the findings are new.
std::size_t count(const KnownFindings::Ids& before, const Files& files, const std::vector<Foreign>& findings) {
    KnownFindings known(before);
    const auto tree = tree_of(files);
    const auto judged = known.by(tree);
    return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), [&](const Foreign& one) {
        return judged({&one, 1});
    }));
}

}

TEST_CASE("a finding is known by its rule, its file and the text of its line, wherever the line has moved") {
    const auto before = ids({{"a.py", "x = 1\n"}}, {finding("E1", "a.py", 1)});
    REQUIRE(before.size() == 1);
    CHECK(before.begin()->first.starts_with("a.py E1 v1:"));
    CHECK(count(before, {{"a.py", "\n\n  x  =  1\n"}}, {finding("E1", "/r/./a.py", 3, "other words")}) == 0);
    CHECK(count(before, {{"a.py", "x = 2\n"}}, {finding("E1", "a.py", 1)}) == 1);
    CHECK(count(before, {{"a.py", "x = 1\n"}}, {finding("E2", "a.py", 1)}) == 1);
    CHECK(count(before, {{"b.py", "x = 1\n"}}, {finding("E1", "b.py", 1)}) == 1);
    CHECK(count(before, {{"a.py", "x = 1\nx = 1\n"}}, {finding("E1", "a.py", 1), finding("E1", "a.py", 2)}) == 1);
}

TEST_CASE("without a line a finding is known by its message") {
    const auto before = ids({}, {finding("CVE", "", 0, "lib 1"), finding("CVE", "lock", 9, "lib 2")});
    CHECK(before.size() == 2);
    CHECK(count(before, {}, {finding("CVE", "lock", 7, "lib 2"), finding("CVE", "", 0, "lib 1")}) == 0);
    CHECK(count(before, {}, {finding("CVE", "", 0, "lib 3")}) == 1);
}

TEST_CASE("equal findings are counted, also of several reports") {
    const Files files = {{"a.py", "x\nx\n"}};
    const std::vector<Foreign> twice = {finding("E1", "a.py", 1), finding("E1", "a.py", 2)};
    CHECK(ids(files, twice).size() == 2);
    CHECK(count(ids(files, twice), files, twice) == 0);
    CHECK(count(ids(files, twice), files, {twice[0], twice[1], twice[0]}) == 1);
}

TEST_CASE("a finding that is known since before the oldest day is new again") {
    const Files files{{"a.py", "x = 1\n"}};
    const std::vector<Foreign> found{finding("E1", "a.py", 1)};
    const auto tree = tree_of(files);
    const auto overdue = [&](const std::string& since, const std::string& oldest) {
        auto before = ids(files, found);
        before.begin()->second = since;
        KnownFindings known(before, {.oldest = oldest});
        const bool is_new = known.by(tree)({found.data(), 1});
        CHECK(known.overdue() == (is_new ? 1 : 0));
        return is_new;
    };
    CHECK(overdue("2026-08-31", "2026-09-01"));
    CHECK_FALSE(overdue("2026-09-01", "2026-09-01"));
    CHECK_FALSE(overdue("", "2026-09-01"));
    CHECK_FALSE(overdue("2026-08-31", ""));
}
