#include "base/json_path.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("a place in a JSON document is a pointer or a simple path") {
    CHECK(json_location("").value() == "");
    CHECK(json_location("/items/0/a~1b").value() == "/items/0/a~1b");
    CHECK(json_location("$").value() == "");
    CHECK(json_location("$.items[0].id").value() == "/items/0/id");
    CHECK(json_location("$['odd name'][\"other\"]").value() == "/odd name/other");
    CHECK(json_location("$['a/b~c']").value() == "/a~1b~0c");
    CHECK(json_location("$['a]b'].c").value() == "/a]b/c");
}

TEST_CASE("a path that may name several places is refused, and so is one cut short") {
    for (const char* text : {"items", "$.", "$..id", "$.*", "$[*]", "$[0:2]", "$[-1]", "$[]", "$[0", "$['a'", "$['a]",
                             "$x", "$['a\\'b']", "$['\\u263a']", "$.a b", "$[007]", "$[1234567890123456]"})
        CHECK_FALSE(json_location(text).ok());
}
