#include "deploy/policy/newer.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

struct Clone {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("newer ").value();
    std::string git(std::vector<std::string> words) const {
        words.insert(words.begin(), {"git", "-C", folder.path().string(), "-c", "user.name=n", "-c", "user.email=e@x"});
        return trim(sys::run({.argv = words}).value().out);
    }
    std::string commit(const std::string& message) const {
        git({"commit", "--quiet", "--allow-empty", "-m", message});
        return git({"rev-parse", "HEAD"});
    }
    Clone() { git({"init", "--quiet", "--initial-branch=main"}); }
    Age age(const std::string& wanted, const std::string& serving) const {
        return age_of(wanted, serving, folder.path().string()).value();
    }
};

}

TEST_CASE("which of two commits is newer is what their ancestors say") {
    const Clone clone;
    const auto first = clone.commit("first"), second = clone.commit("second");
    clone.git({"checkout", "--quiet", "-b", "other", first});
    const auto other = clone.commit("other");
    CHECK(clone.age(second, first) == Age::newer);
    CHECK(clone.age(first, second) == Age::older);
    CHECK(clone.age(first, first) == Age::same);
    CHECK(clone.age(other, second) == Age::apart);
    CHECK(clone.age(first, "") == Age::unknown);
    CHECK(clone.age("", first) == Age::unknown);
}

TEST_CASE("a commit that the clone lacks is told, not guessed") {
    const Clone clone;
    const auto first = clone.commit("first");
    const auto told = age_of(first, std::string(40, 'a'), clone.folder.path().string());
    REQUIRE_FALSE(told.ok());
    CHECK(told.error().kind == Kind::could_not);
    CHECK(told.error().message.find("it can't be determined whether commit " + first.substr(0, 12) +
                                    " is newer than aaaaaaaaaaaa, which serves: ") == 0);
    CHECK_FALSE(age_of(first, "main; rm", clone.folder.path().string()).ok());
    CHECK_FALSE(age_of(first, std::string(40, 'a'), "/").ok());
}
