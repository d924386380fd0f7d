#include "read/shell/shell_text.h"
#include "support/catch.h"

using namespace fairlead::read;

namespace {

// "name arg arg;" of each command.
std::string flat(std::string_view text) {
    MappedText map;
    map.add(text, 0);
    const ShellText read = read_shell(map, 0, text.size());
    std::string out;
    for (const Command& command : read.commands) {
        for (std::size_t i = command.program; i < command.words.size(); ++i)
            out += (i > command.program ? " " : "") + command.words[i].text;
        out += ";";
    }
    return out + (read.readable ? "" : "?");
}

}

TEST_CASE("lists, pipes and blocks are simple commands") {
    CHECK(flat("a 1 && b||c;d|e & f") == "a 1;b;c;d;e;f;");
    CHECK(flat("if [ -f x ]; then a; elif b; then c; else d; fi && e") == "[ -f x ];a;b;c;d;e;");
    CHECK(flat("for i in 1 2; do a $i; done") == "a $i;");
    CHECK(flat("while read x; do a; done < f") == "read x;a;");
    CHECK(flat("case \"$a\" in x|y) b;; (z) c ;; *) d; esac; e") == "b;c;d;e;");
    CHECK(flat("(a; b) && { c; } ; f() { g; }; f") == "a;b;c;g;f;");
    CHECK(flat("[[ a && b || c ]] && d") == "d;");
    CHECK(flat("set -eux; a # no && b\nc") == "set -eux;a;c;");
    CHECK(flat("a 2>&1 >/dev/null && b < x") == "a;b;");
    CHECK(flat("for ((i=0; i<3; i++)); do a; done; ((x++)); b") == "a;b;");
}

TEST_CASE("words lose their quotes") {
    CHECK(flat("a 'b c' \"d $e\" f\\ g \"h\\\"i\" ''") == "a b c d $e f g h\"i ;");
    CHECK(flat("a b\\\nc \\\n d") == "a bc d;");
    CHECK(flat("a ${x:-\"}\"} $'b\\'c'") == "a ${x:-\"}\"} b\\'c;");
}

TEST_CASE("what stands in $(...), backticks and sh -c is read") {
    CHECK(flat("a $(b $(c)) `d`") == "c;b $(c);d;a $(b $(c)) `d`;");
    CHECK(flat("sh -c 'a && b'") == "sh -c a && b;a;b;");
    CHECK(flat("bash -euo pipefail -c \"a | b\"") == "bash -euo pipefail -c a | b;a;b;");
    CHECK(flat("a <(b) $((1 << 2))") == "b;a $((1 << 2));");
}

TEST_CASE("prefixes stand before the program") {
    CHECK(flat("sudo -u x -E apt-get a") == "apt-get a;");
    CHECK(flat("env -i A=b /usr/bin/c d") == "/usr/bin/c d;");
    CHECK(flat("exec nice -n 5 a") == "a;");
    CHECK(flat("x | xargs -r -n 1 rm") == "x;rm;");
    CHECK(flat("command -v curl") == "command -v curl;");
    CHECK(flat("timeout 5 a") == "a;");
}

TEST_CASE("assignments, pipes and what follows are kept") {
    MappedText map;
    const std::string text = "A=1 B='2 3' curl x | /bin/sh && y";
    map.add(text, 100);
    const auto read = read_shell(map, 0, text.size());
    REQUIRE(read.commands.size() == 3);
    const Command& curl = read.commands[0];
    REQUIRE(curl.assignments.size() == 2);
    CHECK(curl.assignments[1].name == "B");
    CHECK(curl.assignments[1].value.text == "2 3");
    CHECK(curl.after == Join::pipe);
    CHECK(curl.words[0].at.begin == 112);
    CHECK(curl.pipeline == read.commands[1].pipeline);
    CHECK(read.commands[1].name() == "sh");
    CHECK(read.commands[2].pipeline != curl.pipeline);
}

TEST_CASE("heredocs within a script are no commands") {
    CHECK(flat("cat > f <<EOF\nrm -rf /\nEOF\na\n") == "cat;a;");
    CHECK(flat("cat <<-'E'\n\tx\n\tE\na") == "cat;a;");
}

TEST_CASE("what can't be understood ends the reading") {
    CHECK(flat("a && b 'c") == "a;?");
    CHECK(flat("a; b $(c").ends_with("?"));
    CHECK(flat("a ) b").ends_with("?"));
    CHECK(flat(std::string(100, '(')) == "?");
}
