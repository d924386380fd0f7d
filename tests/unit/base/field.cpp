#include "base/field.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("a field is found by its name") {
    const Field fields[] = {{"kind", Type::text, "Which."}, {"path", Type::route, "Where."}};
    REQUIRE(find_field(fields, "path") != nullptr);
    CHECK(find_field(fields, "path")->type == Type::route);
    CHECK(find_field(fields, "pat") == nullptr);
    CHECK(find_field({}, "path") == nullptr);
}
