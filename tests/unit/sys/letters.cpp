#include "sys/letters.h"
#include "support/catch.h"

using fairlead::sys::lower_case;

TEST_CASE("capital letters of any script become small ones") {
    CHECK(lower_case("Acme/App_1") == "acme/app_1");
    CHECK(lower_case("ÉCOLE/ЖУК/ẞ/Ⱥ") == "école/жук/ß/ⱥ");
    CHECK(lower_case("İ") == "i\u0307");
    CHECK(lower_case("A\xFF") == "a\xFF");
    CHECK(lower_case("").empty());
}
