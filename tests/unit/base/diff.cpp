#include "base/diff.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("a difference is shown as diff -u shows it") {
    CHECK(unified_diff("a\nb\n", "a\nb\n", "x").empty());
    CHECK(unified_diff("a\nb\nc\n", "a\nB\nc\n", "x") == "--- x (as it is)\n+++ x (as init would write it)\n"
                                                         "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
    CHECK(unified_diff("", "a\n", "x").ends_with("@@ -0,0 +1,1 @@\n+a\n"));
    CHECK(unified_diff("a\n", "", "x").ends_with("@@ -1,1 +0,0 @@\n-a\n"));
}

TEST_CASE("changes that are far from one another are two parts, near ones are one") {
    const std::string eight = "1\n2\n3\n4\n5\n6\n7\n8\n";
    CHECK(unified_diff("a\n" + eight + "b\n", "A\n" + eight + "B\n", "x")
              .ends_with("@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -7,4 +7,4 @@\n 6\n 7\n 8\n-b\n+B\n"));
    const std::string six = "1\n2\n3\n4\n5\n6\n";
    CHECK(unified_diff("a\n" + six + "b\n", "A\n" + six + "B\n", "x").find("@@ -1,8 +1,8 @@") != std::string::npos);
}
