#include "sys/collation.h"
#include "support/catch.h"
#include <random>
#include <string>
#include <vector>

using namespace fairlead;

TEST_CASE("texts are ordered as the Unicode root collation orders them") {
    REQUIRE(sys::can_collate("é"));
    const std::vector<std::string> rising = {"",     "_",      "-",      "'b", "‘B", "“",  "\"1",  "“2",   "\"3",
                                             "😀",    "1",      "½",      "a",  "A",  "á",  "a b",  "a“",   "ab",
                                             "ae",   "æ",      "af",     "b",  "B",  "é",  "io_x", "io-x", "io.x",
                                             "IO.x", "io.x.y", "io.x/y", "ss", "ß",  "st", "я",    "中"};
    for (std::size_t i = 1; i < rising.size(); ++i) {
        INFO(rising[i - 1] << " " << rising[i]);
        CHECK((sys::collate(rising[i - 1], rising[i]) < 0));
        CHECK((sys::collate(rising[i], rising[i - 1]) > 0));
    }
    CHECK((sys::collate("e\u0301", "é") == 0));                   // canonically the same
    CHECK((sys::collate("a\u0301\u0323", "a\u0323\u0301") == 0)); // marks in either order
    CHECK((sys::collate("a\x01", "a") == 0));
}

TEST_CASE("the short way of ASCII is ICU's") {
    std::minstd_rand random(9);
    const auto below = [&](unsigned end) { return static_cast<char>(random() % end); };
    const auto key = [&] {
        std::string text(random() % 7, ' ');
        const auto kind = random() % 3; // any, letters, and a few that differ by case and marks
        for (auto& c : text)
            c = kind == 0   ? static_cast<char>(1 + below(127))
                : kind == 1 ? static_cast<char>('A' + below(58))
                            : "aAbB-_."[random() % 7];
        return text;
    };
    for (int i = 0; i < 50000; ++i) {
        const auto a = key(), b = key();
        INFO(a << " " << b);
        REQUIRE(sys::collate_by_icu(a, b) == std::optional(sys::collate(a, b)));
    }
}
