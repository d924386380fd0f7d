#include "base/test_files.h"
#include "support/catch.h"

using fairlead::is_test_file;

TEST_CASE("a test's file is known by its folder, its name, or the way of its runner") {
    for (const auto* const path :
         {"tests/shop.py", "src/shop_test.go", "web/shop.spec.ts", "t/basic.t", "lib/t/keys.pem", "tap/keys.js",
          "core/tap/keys.js", "src/fixtures.ts", "conftest.py"})
        CHECK(is_test_file(path));
    for (const auto* const path :
         {"src/shop.py", "src/latest.go", "tapes/keys.js", "src/t.pem", "src/my_fixtures_of.ts"})
        CHECK_FALSE(is_test_file(path));
}
