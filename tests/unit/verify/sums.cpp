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

TEST_CASE("the version stands behind what the lock says of itself, once and before the first sum") {
    const auto sums = read_sums("# What may run\n# and more\n\nversion 0.1.0\n" + ones + "  ./a\n", "s").value();
    REQUIRE(sums.size() == 1);
    CHECK(sums[0].path == "a");
    CHECK_FALSE(read_sums("version 1\nversion 1\n", "s").ok());
    CHECK_FALSE(read_sums(ones + "  a\nversion 1\n", "s").ok());
    CHECK_FALSE(read_sums(ones + "  a\n" + twos + "  ./a\n", "s").ok());
}

TEST_CASE("a line that names a file in another folder is not about this one") {
    for (const char* path : {"../p", "debug/p", "/p", "x/bin/p", "fairlead-1/p", "fairlead-1/../p",
                             "fairlead-1/bin/bin/p", "../fairlead-1/bin/p", "a/fairlead-1/bin/p", ".//p"}) {
        CAPTURE(path);
        const auto sums = read_sums(ones + "  " + path + "\n", "s").value();
        CHECK_FALSE(check_sum(sums, "s", "p", ones).ok());
    }
    CHECK(check_sum({{ones, "../p"}}, "s", "p", ones).error().message == "'s' lists '../p', not 'p'");
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
    const std::vector<Sum> sums = {
        {ones, "fairlead-1-linux-arm64/bin/p"}, {twos, "fairlead-1-linux-x64/bin/p"}, {ones, "q"}};
    CHECK(check_sum(sums, "s", "p", ones).ok());
    CHECK(check_sum(sums, "s", "p", twos).ok());
    CHECK_FALSE(check_sum(sums, "s", "q", twos).ok());
    CHECK_FALSE(check_sum(sums, "s", "bin", ones).ok());
    CHECK(check_sum({}, "s", "p", ones).error().message == "'s' does not list 'p'");
}
