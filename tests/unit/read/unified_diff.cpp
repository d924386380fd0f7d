#include "read/unified_diff.h"
#include "support/catch.h"

using namespace fairlead;

namespace {

// "path:line: text" of each piece, lines joined by '|'.
std::string shown(std::string_view diff) {
    std::string all;
    for (const auto& piece : read::pieces_of_diff(diff)) {
        all += piece.path + ":" + std::to_string(piece.first_line) + ": ";
        for (const char letter : piece.text) all += letter == '\n' ? '|' : letter;
        all += "\n";
    }
    return all;
}

constexpr std::string_view head = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n";

}

TEST_CASE("added lines have their places in the new file; removed and unchanged ones are in no piece") {
    const std::string hunks = "@@ -1,3 +1,4 @@ def f():\n one\n-two\n+2\n+2.5\n three\n@@ -20 +21,2 @@\n-x\n+y\n+z\n";
    CHECK(shown(std::string(head) + hunks) ==
          ":1: diff --git a/x.py b/x.py|--- a/x.py|+++ b/x.py|\nx.py:2: 2|2.5|\nx.py:21: y|z|\n");
    const auto pieces = read::pieces_of_diff(std::string(head) + hunks);
    CHECK(pieces[1].before == "one\n");
    CHECK(pieces[1].after == "three\n");
    CHECK(pieces[2].before.empty());
}

TEST_CASE("a text that is no diff is one piece, and what stands around diffs is text") {
    CHECK(shown("a\n+b\n-c") == ":1: a|+b|-c\n");
    CHECK(shown("").empty());
    CHECK(shown("From 1\n\n---\n" + std::string(head) + "@@ -0,0 +1 @@\n+a\n-- \n2.39\n") ==
          ":1: From 1||---|diff --git a/x.py b/x.py|--- a/x.py|+++ b/x.py|\nx.py:1: a|\n:9: -- |2.39|\n");
}

TEST_CASE("text behind a hunk that only removes lines keeps its places") {
    CHECK(shown(std::string(head) + "@@ -1 +0,0 @@\n-a\ntoken\n") ==
          ":1: diff --git a/x.py b/x.py|--- a/x.py|+++ b/x.py|\n:6: token|\n");
}

TEST_CASE("a hunk whose lines don't fit its numbers is text, with all behind it") {
    for (const char* hunk : {"@@ -1 +1,3 @@\n-a\n+b\n", "@@ -1,2 +1 @@\n-a\n+b\n", "@@ -1 +1 @@\n-a\n*b\n",
                             "@@ -1 +1\n-a\n+b\n", "@@@ -1 -1 +1 @@@\n--a\n++b\n", "@@ -1,9999999999 +1 @@\n-a\n+b\n",
                             "@@ -1 +-1 @@\n-a\n+b\n", "@@ -1 +1 @@\n-a\n\\ token\n+b\n", "@@ -1 +1 @@\n\rtoken\n",
                             "@@ -1 +1 @@\n-a\n-token\n+b\n", "@@ -1 +1 @@\n-a\n*token\n+b\n"}) {
        const auto pieces = read::pieces_of_diff(std::string(head) + hunk);
        REQUIRE(pieces.size() == 1);
        CHECK(pieces[0].text == std::string(head) + hunk);
    }
}

TEST_CASE("a hunk that no diff holds is text, with all behind it: who believed it would not read its lines") {
    for (const char* diff :
         {"--- /dev/null\n+++ b/f\n@@ -1 +1 @@\n-token\n+b\n", "--- a/f\n+++ /dev/null\n@@ -1,2 +1 @@\n token\n-b\n",
          "--- a/f\n+++ b/f\n@@ -1 +1 @@\n token\n", "--- a/f\n+++ b/f\n@@ -0,0 +0,0 @@ token\n"}) {
        const auto pieces = read::pieces_of_diff(diff);
        REQUIRE(pieces.size() == 1);
        CHECK(pieces[0].text == diff);
    }
    CHECK(shown("--- a/f\n+++ b/f\n@@ -9,2 +9,2 @@\n x\n-a\n+b\n@@ -1,2 +1,2 @@\n token\n-a\n+b\n") ==
          ":1: --- a/f|+++ b/f|\nf:10: b|\n:7: @@ -1,2 +1,2 @@| token|-a|+b|\n");
}

TEST_CASE("hunks without lines around them follow one another, and each file begins again") {
    const std::string hunks = "@@ -1,0 +2 @@\n+a\n@@ -2 +4 @@\n-b\n+c\n@@ -9 +10,0 @@\n-d\n";
    CHECK(shown(std::string(head) + hunks + std::string(head) + hunks).find("@@") == std::string::npos);
}

TEST_CASE("lines that look like headers within a hunk are lines") {
    CHECK(shown(std::string(head) + "@@ -1 +1,2 @@\n--- a/other\n+++ b/other\n+@@ -1 +1 @@\n") ==
          ":1: diff --git a/x.py b/x.py|--- a/x.py|+++ b/x.py|\nx.py:1: ++ b/other|@@ -1 +1 @@|\n");
}

TEST_CASE("names come without git's prefix, quotes or GNU diff's time") {
    const auto name = [](const std::string& header) {
        return read::pieces_of_diff("--- x\n+++ " + header + "\n@@ -0,0 +1 @@\n+a\n").back().path;
    };
    CHECK(name("b/a b.txt") == "a b.txt");
    CHECK(name("w/a.txt") == "a.txt");
    CHECK(name("src/a.txt") == "src/a.txt");
    CHECK(name("a.txt\t2026-01-31 10:00:00.000000000 +0000") == "a.txt");
    CHECK(name("\"b/\\303\\244 \\\"q\\\"\\t\\\\.txt\"") == "\xc3\xa4 \"q\"\t\\.txt");
    CHECK(name("\"b/\\303\\244 \\\"q\"\t") == "\xc3\xa4 \"q");
    CHECK(name("\"b/a") == "\"b/a");
    CHECK(name("b/a.txt\r") == "a.txt");
}

TEST_CASE("the end of a file without a newline, and blank lines that an editor cut, are lines of a hunk") {
    CHECK(shown(std::string(head) +
                "@@ -1,2 +1,2 @@\n\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n") ==
          ":1: diff --git a/x.py b/x.py|--- a/x.py|+++ b/x.py|\nx.py:2: b|\n");
    CHECK(shown(std::string(head) + "@@ -1 +1 @@\r\n-a\r\n+b\r\n") ==
          ":1: diff --git a/x.py b/x.py|--- a/x.py|+++ b/x.py|\nx.py:1: b\r|\n");
}

TEST_CASE("a hunk of a file without a name is text") {
    CHECK(read::pieces_of_diff("--- \n+++ \n@@ -0,0 +1 @@\n+a\n").size() == 1);
}

TEST_CASE("lines around a piece are at most 64 each way") {
    std::string text = std::string(head) + "@@ -1,200 +1,202 @@\n";
    for (int i = 0; i < 100; ++i) text += " a\n";
    text += "+b\n+c\n";
    for (int i = 0; i < 100; ++i) text += " a\n";
    const auto pieces = read::pieces_of_diff(text);
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[1].first_line == 101);
    CHECK(pieces[1].before.size() == 128);
    CHECK(pieces[1].after.size() == 128);
}
