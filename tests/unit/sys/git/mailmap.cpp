#include "sys/git/mailmap.h"
#include "support/catch.h"

using namespace fairlead::sys;

TEST_CASE("author and committer of a commit's headers") {
    constexpr auto headers = "tree 0\nauthor Ada L. <ada@example.org> 1 +0000\n"
                             "committer  <odd <bob@example.org> 1 +0000\nauthority X <x@y> 1 +0000\n";
    CHECK(signature_of(headers, "author").name == "Ada L.");
    CHECK(signature_of(headers, "author").email == "ada@example.org");
    CHECK(signature_of(headers, "committer").email == "bob@example.org");
    CHECK(signature_of("tree 0\n", "author").name.empty());
    CHECK(signature_of("author nobody", "author").name == "nobody");
}

TEST_CASE("a mailmap says who somebody is, and what is no mapping in it changes nobody") {
    const auto map = Mailmap::parse("# people\nAda Lovelace <ada@example.org> <lovelace@old.example>\nnonsense\n<\n");
    CHECK(map.real({"ada", "lovelace@old.example"}).name == "Ada Lovelace");
    CHECK(map.real({"ada", "LOVELACE@old.example"}).email == "ada@example.org");
    CHECK(map.real({"Bob", "bob@example.org"}).name == "Bob");
    CHECK(Mailmap().real({"Bob", "bob@example.org"}).email == "bob@example.org");
}
