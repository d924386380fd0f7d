#include "read/dockerfile/dockerfile_scope.h"
#include "support/catch.h"

using namespace fairlead::read;

namespace {

Scope scope_at_end(const Dockerfile& file, std::size_t stage) {
    Scope scope(file, stage);
    for (std::size_t i = file.stages[stage].first; i < file.stages[stage].end; ++i) scope.take(file.instructions[i]);
    return scope;
}

}

TEST_CASE("a global ARG is seen in a stage only where a bare ARG names it, and ENV wins") {
    const Dockerfile file = read_dockerfile("ARG A=1\nARG B=2\nFROM x\nARG A\nENV C=c\nARG C=other\n");
    const Scope scope = scope_at_end(file, 0);
    CHECK(scope.expand("$A").text == "1");
    CHECK(scope.expand("$C").text == "c");
    const Expansion b = scope.expand("${B}x");
    CHECK(b.text == "${B}x");
    CHECK(b.undefined == std::vector<std::string>{"B"});
}

TEST_CASE("all values of one ENV see what was before, and children see what a stage left") {
    const Dockerfile file = read_dockerfile("FROM x AS a\nENV A=1\nENV A=2 B=$A\nFROM a\nARG N\n");
    const Scope scope = scope_at_end(file, 1);
    CHECK(scope.value("B") == "1");
    CHECK(scope.expand("$A$N").unknown == std::vector<std::string>{"N"});
    CHECK(scope.expand("$A$N").undefined.empty());
}

TEST_CASE("forms of expansion") {
    const Dockerfile file = read_dockerfile("FROM x\nENV A=a.tar.gz E= \n");
    const Scope scope = scope_at_end(file, 0);
    for (const auto& [word, text] : {std::pair{"${A%.*}", "a.tar"},
                                     {"${A%%.*}", "a"},
                                     {"${A#*.}", "tar.gz"},
                                     {"${A##*.}", "gz"},
                                     {"${A/a/b}", "b.tar.gz"},
                                     {"${A//a/b}", "b.tbr.gz"},
                                     {"${N:-d}", "d"},
                                     {"${E:-d}", "d"},
                                     {"${E-d}", ""},
                                     {"${A:+set}", "set"},
                                     {"${N+set}", ""},
                                     {"'$A'", "$A"},
                                     {"\"$A\"", "a.tar.gz"},
                                     {"\\$A", "$A"},
                                     {"${N:-${A}}", "a.tar.gz"},
                                     {"$", "$"}}) {
        INFO(word);
        CHECK(scope.expand(word).text == text);
        CHECK(scope.expand(word).unknown.empty());
    }
    CHECK_FALSE(scope.expand("${A").readable);
    CHECK_FALSE(scope.expand("${A^^}").readable);
    CHECK(scope.expand("$TARGETARCH").undefined.empty());
}
