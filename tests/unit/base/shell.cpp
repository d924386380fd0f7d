#include "base/shell.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("a word that is shown to be pasted stays one word, whatever is in it") {
    CHECK(shell_word("v1.2/a-b_c") == "v1.2/a-b_c");
    CHECK(shell_word("") == "''");
    CHECK(shell_word("unit tests; touch pwn") == "'unit tests; touch pwn'");
    CHECK(shell_word("it's $HOME") == "'it'\\''s $HOME'");
    CHECK(shell_word("~root") == "'~root'");
}
