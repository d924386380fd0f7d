#include "init/write/text.h"
#include "init/write/workflow.h"
#include "support/catch.h"

using namespace fairlead::init;

TEST_CASE("a word of the project stands in YAML so that it means itself") {
    for (const auto* plain : {"main", "a.b/c", "./x", "/srv/a", ".venv", "-m", "--cov=.", "is it?", "."})
        CHECK(yaml_scalar(plain) == plain);
    for (const auto& [word, written] : {std::pair{"", "\"\""},
                                        {"no", "\"no\""},
                                        {"1.20", "\"1.20\""},
                                        {"a: b", "\"a: b\""},
                                        {"a #b", "\"a #b\""},
                                        {"-", "\"-\""},
                                        {"- a", "\"- a\""},
                                        {"---", "\"---\""},
                                        {"*x", "\"*x\""},
                                        {"a\"b", "\"a\\\"b\""},
                                        {"a\nb", "\"a\\nb\""},
                                        {" a", "\" a\""},
                                        {"~", "\"~\""},
                                        {"[a]", "\"[a]\""},
                                        {"a,b", "\"a,b\""},
                                        {"...", "\"...\""}})
        CHECK(yaml_scalar(word) == written);
    CHECK(yaml_list({"a", "b c", "yes"}) == "[a, b c, \"yes\"]");
}

TEST_CASE("what looks like an expression of GitHub's is none, in values and in commands") {
    CHECK(fairlead::init::text("a${{ github.token }}").scalar == "\"a${{ '${{' }} github.token }}\"");
    CHECK(shell_line({"echo", "a${{ b"}) == "echo 'a$''{{ b'");
    CHECK(shell_line({"it's", "$X", "plain"}) == "'it'\\''s' '$X' plain");
    CHECK(expression("github.sha").scalar == "${{ github.sha }}");
}
