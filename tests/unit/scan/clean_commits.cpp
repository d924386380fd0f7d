#include "scan/clean_commits.h"
#include "support/catch.h"
#include "sys/digest.h"

using namespace fairlead;
using namespace fairlead::scan;

namespace {

const std::string key(64, 'a'), other_key(64, 'b'), first(40, '1'), second(40, '2');

std::string saved() {
    auto clean = CleanCommits::read("", key, "c");
    REQUIRE(clean.ok());
    clean->add(second);
    clean->add(first);
    return clean->text();
}

}

TEST_CASE("what is saved is known in the next run, in one order") {
    const auto clean = CleanCommits::read(saved(), key, "c");
    REQUIRE(clean.ok());
    CHECK(clean->size() == 2);
    CHECK((clean->contains(first) && clean->contains(second)));
    CHECK_FALSE(clean->contains(std::string(40, '3')));
    CHECK(clean->why().empty());
    CHECK(clean->text() == saved());
    CHECK(saved().find(first) < saved().find(second));
}

TEST_CASE("other rules or settings know no commit") {
    const auto clean = CleanCommits::read(saved(), other_key, "c");
    REQUIRE(clean.ok());
    CHECK(clean->size() == 0);
    CHECK(clean->why().empty());
}

TEST_CASE("a damaged cache is never believed, wherever it is damaged") {
    const std::string text = saved();
    for (std::size_t at = text.find('\n') + 1; at < text.size(); ++at) {
        std::string bad = text;
        bad[at] = bad[at] == '1' ? '4' : '1';
        const auto clean = CleanCommits::read(bad, key, "c");
        INFO(at);
        REQUIRE(clean.ok());
        CHECK(clean->size() == 0);
        CHECK(clean->why().find("c is damaged") != std::string::npos);
    }
    for (std::size_t size = text.find('\n') + 1; size < text.size(); ++size) {
        const auto clean = CleanCommits::read(text.substr(0, size), key, "c");
        INFO(size);
        REQUIRE(clean.ok());
        CHECK(clean->size() == 0);
    }
}

TEST_CASE("a line that is no id of a commit is none") {
    const std::string begin = "fairlead-scan cache 1\n" + key + "\n" + std::string(40, 'X') + "\n";
    const auto clean = CleanCommits::read(begin + sys::sha256(begin) + "\n", key, "c");
    REQUIRE(clean.ok());
    CHECK(clean->size() == 0);
}

TEST_CASE("a file of somebody else is refused") {
    for (const std::string text : {"# README\n", "fairlead-scan cache 2\n", "fairlead-scan"}) {
        const auto clean = CleanCommits::read(text, key, "README.md");
        REQUIRE_FALSE(clean.ok());
        CHECK(clean.error().kind == Kind::usage);
    }
}
