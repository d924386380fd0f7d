#include "verify/sums.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::verify;

namespace {
const std::string ones(64, '1'), twos(64, '2');
}

TEST_CASE("lines of sha256sum and of fairlead.lock are read") {
    const auto sums =
        read_sums("version 1.2.3\n# a word\n\n" + ones + "  a b\r\n" + std::string(64, 'A') + " *d/c", "s").value();
    REQUIRE(sums.size() == 2);
    CHECK(sums[0].path == "a b");
    CHECK(sums[1].path == "d/c");
    CHECK(sums[1].sha256 == std::string(64, 'a'));
    CHECK(read_sums(ones + "  a\n" + ones + "  a\n", "s").ok());
}

TEST_CASE("what is no such line is refused, with its place") {
    for (const auto& line :
         {ones, ones + " a", ones + "  ", ones.substr(1) + "   a", "\\" + ones + "  a", ones + "1  a",
          std::string(64, 'g') + "  a", std::string("text"), std::string("version 1")}) {
        CAPTURE(line);
        const auto read = read_sums(twos + "  x\n" + line + "\n", "s");
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().kind == Kind::no);
        CHECK(read.error().place.line == 2);
    }
    CHECK_FALSE(read_sums(ones + "  a\n" + twos + "  a\n", "s").ok());
}

TEST_CASE("a program is listed for several machines, and one of its sums is enough") {
    const std::vector<Sum> sums = {{ones, "x-arm64/bin/p"}, {twos, "x-x64/bin/p"}, {ones, "q"}};
    CHECK(check_sum(sums, "s", "p", ones).ok());
    CHECK(check_sum(sums, "s", "p", twos).ok());
    CHECK_FALSE(check_sum(sums, "s", "q", twos).ok());
    CHECK_FALSE(check_sum(sums, "s", "bin", ones).ok());
    CHECK(check_sum({}, "s", "p", ones).error().message == "'s' does not list 'p'");
}
