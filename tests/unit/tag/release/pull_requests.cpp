#include "tag/release/pull_requests.h"
#include "support/catch.h"

using namespace fairlead::tag;

namespace {

std::string pull_in(std::string_view message, Host host = Host::github) {
    const auto pull = pull_request_of(message, host);
    return pull ? pull->mark + pull->number + "|" + pull->title + "|" + pull->owner + "|" + pull->branch : "none";
}

}

TEST_CASE("what each host writes of the pull request that it merged") {
    CHECK(pull_in("Merge pull request #12 from ada/fix/door\n\nfix: door\n\nmore") == "#12|fix: door|ada|fix/door");
    CHECK(pull_in("Merge pull request #12 from ada/door") == "#12||ada|door");
    CHECK(pull_in("Merge pull request #12 from ada/door\n\nA door (#12)") == "#12|A door|ada|door");
    CHECK(pull_in("Merge pull request 'It's (#1) a door' (#12) from door into main") == "#12|It's (#1) a door||door");
    CHECK(pull_in("Merged in door (pull request #12)\n\nA door\n\n* one") == "#12|A door||door");
    CHECK(pull_in("Merge branch 'door' into 'main'\n\nA door\n\nSee merge request a/b/shop!12") == "!12|A door||door");
    CHECK(pull_in("Merge branch 'door' into 'main'\n\nSee merge request shop!12") == "!12|||door");
    CHECK(pull_in("feat: door\n\nSee merge request a/shop!12") == "!12|feat: door||");
    CHECK(pull_in("feat: door (#3) (#12)\n\nbody") == "#12|feat: door (#3)||");
    CHECK(pull_in("fix the send\xE2\x80\xA6 (#12)\n\n\xE2\x80\xA6ing of doors\n") == "#12|fix the sending of doors||");
    for (const auto* none : {"feat: door #12", "feat: door (#0)", "feat: door (12)", "feat: door (#12) more", "(#)", "",
                             "Merge pull request of doors", "Merge branch 'main' into door", "door (!12)", "x (#12a)"})
        CHECK(pull_in(none) == "none");
}

TEST_CASE("where issues have numbers of their own, (#12) is no pull request") {
    CHECK(pull_in("fix: door (#12)", Host::gitlab) == "none");
    CHECK(pull_in("fix: door (!12)", Host::gitlab) == "!12|fix: door||");
    CHECK(pull_in("fix: door (#12)", Host::bitbucket) == "none");
}

TEST_CASE("a merge that only says that it is one") {
    for (const auto* merge : {"Merge branch 'main' into door", "Merge remote-tracking branch 'origin/main'",
                              "Merge tag 'v1'", "Merge branches 'a' and 'b'", "Merge pull request #1 from a/b"})
        CHECK(is_plain_merge(merge));
    for (const auto* other : {"Merge the two lists", "feat: merge branches", "merge sort", "fix: Merge branch"})
        CHECK_FALSE(is_plain_merge(other));
}

TEST_CASE("a pull request between long-lived branches of the repository") {
    const auto between = [](std::string_view message) {
        return is_between_lines(*pull_request_of(message, Host::github), "Acme");
    };
    CHECK(between("Merge pull request #1 from acme/develop\n\nRelease"));
    CHECK(between("Merge pull request #1 from acme/release/2.0\n\nRelease"));
    CHECK(between("Merge pull request #1 from acme/x\n\nMerge `stable` into main"));
    CHECK_FALSE(between("Merge pull request #1 from ada/main\n\nfix: door"));
    CHECK_FALSE(between("Merge pull request #1 from acme/door\n\nfix: door"));
    CHECK_FALSE(between("Merge pull request #1 from acme/x\n\nMerge two lists into one"));
}

TEST_CASE("a number of an issue begins with no zero and is not absurd") {
    CHECK(issue_number("12) x") == "12");
    CHECK(issue_number("1234567") == "1234567");
    for (const auto* none : {"012", "0", "12345678", "", "x1"}) CHECK(issue_number(none).empty());
}
