#include "smoke/progress.h"
#include "bench.h"

using namespace fairlead;
using namespace fairlead::test;

TEST_CASE("the line on a terminal has the counts, and what is waited for") {
    Progress progress(3);
    CHECK(progress.line() == "0 of 3 checks");
    Tried items{.check = get("http://h/items"), .attempts = 4};
    items.wrong = {"smoke/status", "status 503 (starting)"};
    progress.retry(items);
    CHECK(progress.line() == "0 of 3 checks; http://h/items: status 503 (starting), attempt 4");
    Tried other{.check = get("http://h/")};
    other.end = Tried::End::failed;
    progress.end(other);
    CHECK(progress.line() == "1 of 3 checks, 1 failed; http://h/items: status 503 (starting), attempt 4");
    items.end = Tried::End::passed;
    progress.end(items);
    CHECK(progress.line() == "2 of 3 checks, 1 failed");
    Tried ready{.check = get("http://h/ready"), .readiness = true};
    ready.end = Tried::End::passed;
    progress.end(ready); // the wait is no check
    CHECK(progress.line() == "2 of 3 checks, 1 failed");
}
