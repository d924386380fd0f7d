#include "scan/rules/check.h"
#include "base/text.h"
#include "support/catch.h"
#include <string>

using namespace fairlead;
using namespace fairlead::scan;

TEST_CASE("a sequence of DER is one whole one, in each form of its length") {
    const std::string forms[] = {std::string("\x30\x7f", 2) + std::string(127, 'x'),
                                 std::string("\x30\x81\x87", 3) + std::string(135, 'x'),
                                 std::string("\x30\x82\x01\x04", 4) + std::string(260, 'x')};
    for (const auto& whole : forms) {
        INFO(whole.size());
        CHECK(check_der(base64(whole), "") == Proof::proven);
        CHECK(check_der(base64(whole.substr(0, whole.size() - 1)), "") == Proof::refuted);
        CHECK(check_der(base64(whole + "x"), "") == Proof::refuted);
    }
    CHECK(check_der(base64(std::string("\x31\x7f", 2) + std::string(127, 'x')), "") == Proof::refuted);
    CHECK(check_der(base64("\x30"), "") == Proof::refuted);
}
