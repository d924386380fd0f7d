#include "base/shell.h"
#include "base/text.h"
#include "support/catch.h"
#include <cstdio>

using namespace fairlead;

TEST_CASE("a word that is shown to be pasted stays one word, whatever is in it") {
    CHECK(shell_word("v1.2/a-b_c") == "v1.2/a-b_c");
    CHECK(shell_word("") == "''");
    CHECK(shell_word("unit tests; touch pwn") == "'unit tests; touch pwn'");
    CHECK(shell_word("it's $HOME") == "'it'\\''s $HOME'");
    CHECK(shell_word("~root") == "'~root'");
}

TEST_CASE("the shell of this machine gets back what was quoted for it") {
    auto words =
        split("@it's@''@'@\\@a\\'b@\"$(id)\"@`id`@$HOME@~@a=~@*@[a-z]?@#no@a #b@line\nline@end\\\n@\n@tab\tx@!!@"
              "{a,b}@-n@A=b@x;y&z|w<>()@\xff\xfe\x80@\x1b[2J@%s%n@gr\xc3\xbc\xc3\x9f@a'b'c'd''@\r\n'\r\n'\\",
              '@');
    for (int byte = 1; byte < 256; ++byte) words.push_back("a" + std::string(1, static_cast<char>(byte)));
    std::string command = "printf '%s\\0'", expected, got;
    for (const auto& word : words) {
        command += " " + shell_word(word);
        expected += word + '\0';
    }
    FILE* const shell = ::popen(command.c_str(), "r"); // /bin/sh -c
    REQUIRE(shell);
    for (int byte = std::fgetc(shell); byte != EOF; byte = std::fgetc(shell)) got += static_cast<char>(byte);
    CHECK(::pclose(shell) == 0);
    CHECK(got == expected);
}
