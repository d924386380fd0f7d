#include "base/secrets/spelled.h"
#include "support/catch.h"
#include <string>

using namespace fairlead;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

}

TEST_CASE("a secret that repeats itself in a text made for it is hidden within bounded work") {
    for (const std::string& value : {std::string(4096, 'a'), std::string(4096, '%'), repeated("ab", 2048)}) {
        Spelled spelled;
        spelled.add(value);
        for (const char* spelling : {"%61", "%25", "%61%62", "&#97;", "\\x61b"}) {
            const std::string text = repeated(spelling, 2000);
            const auto found = spelled.find(text);
            // All of it may be the secret: what was not looked through is hidden, too.
            if (!found.empty()) CHECK(found.back().end <= text.size());
        }
        Spelled other;
        other.add("plain-secret-of-a-service");
        CHECK(other.find(repeated("%61", 2000)).empty());
    }
    Spelled spelled;
    const std::string value(4096, 'a');
    spelled.add(value);
    const std::string text = repeated("%61", 5000);
    const auto found = spelled.find(text);
    REQUIRE_FALSE(found.empty());
    CHECK(found.front().begin == 0);
    CHECK(found.back().end == text.size());
}
