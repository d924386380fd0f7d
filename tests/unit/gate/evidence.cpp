#include "gate/evidence.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("a secret of a report is hidden before its text becomes one short line") {
    const std::string value = "two  blanks\tand a tab: " + std::string("q7Kx") + "92!~";
    const Secret secret{std::string(value)};
    CHECK(gate::one_line("a " + value + " b") == "a *** b");

    const std::string encoded = base64(std::string(50, 'x') + value + std::string(50, 'y'));
    std::string wrapped;
    for (std::size_t at = 0; at < encoded.size(); at += 64) wrapped += encoded.substr(at, 64) + "\n";
    CHECK(gate::one_line(wrapped).find("***") != std::string::npos);

    for (std::size_t before = 270; before < 310; ++before) {
        const auto line = gate::one_line(std::string(before, 'x') + value);
        INFO(line);
        CHECK(line.find("two") == std::string::npos);
        CHECK(line.size() <= 300 + 3);
    }
    CHECK(gate::one_line("TN:" + value + " and more", 10) == "TN:*** and…");
    CHECK(gate::one_line(std::string(400, '\x9e')).ends_with("…")); // not a character in it
    CHECK(gate::one_line("plain  text\nas it was") == "plain text as it was");
}
