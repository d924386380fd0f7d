#include "base/secrets/masked_lines.h"
#include "base/secrets/secret.h"
#include "support/catch.h"

using namespace fairlead;

namespace {

const std::string value = std::string("comes, in") + ", two; pieces!";

}

TEST_CASE("a secret that comes in two pieces is masked, also in a last line without an end") {
    const Secret secret{std::string(value)};
    MaskedLines lines;
    std::string all = lines.add("first " + value.substr(0, 9));
    all += lines.add(value.substr(9) + "\nlast " + value.substr(0, 5));
    all += lines.add(value.substr(5) + " end");
    all += lines.end();
    CHECK(all == "first ***\nlast *** end");
    CHECK(lines.end().empty());
}

TEST_CASE("a line that is cut shows no half of a secret, and what follows it is whole") {
    const Secret secret{std::string(value)};
    for (std::size_t length = 81'900; length < 81'930; ++length) { // 64 KiB and as much as is kept back
        MaskedLines lines;
        std::string all;
        for (const auto& piece : {std::string(length, '.') + value.substr(0, 12), value.substr(12) + "\nnext\n"})
            all += lines.add(piece);
        all += lines.end();
        INFO(length);
        CHECK(all.find("comes") == std::string::npos);
        CHECK(all.find("pieces") == std::string::npos);
        CHECK(all.ends_with("\nnext\n"));
    }
}
