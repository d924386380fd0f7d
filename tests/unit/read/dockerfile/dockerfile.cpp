#include "read/dockerfile/dockerfile.h"
#include "support/catch.h"

using namespace fairlead::read;

namespace {

std::string sources(const std::string& text, Span at) { return text.substr(at.begin, at.end - at.begin); }

std::vector<std::string> texts(const std::vector<Word>& words) {
    std::vector<std::string> out;
    for (const Word& word : words) out.push_back(word.text);
    return out;
}

using Texts = std::vector<std::string>;

}

TEST_CASE("instructions have their lines, flags and words, and bytes for a fix") {
    const std::string text = "# syntax=docker/dockerfile:1\nFROM --platform=linux/amd64 python:3.12 AS Build\n"
                             "COPY --from=build --chown=app:app a \\\n  # a comment\n\n  b /dest/\n";
    const Dockerfile file = read_dockerfile(text);
    CHECK(file.problems.empty());
    REQUIRE(file.directives.size() == 1);
    CHECK(file.directives[0].value == "docker/dockerfile:1");
    REQUIRE(file.instructions.size() == 2);
    const Instruction& copy = file.instructions[1];
    CHECK(copy.line == 3);
    CHECK(copy.end_line == 6);
    CHECK(copy.empty_lines == std::vector<int>{5});
    CHECK(texts(copy.words) == Texts{"a", "b", "/dest/"});
    CHECK(sources(text, copy.words[1].at) == "b");
    REQUIRE(copy.flag("from") != nullptr);
    CHECK(copy.flag("from")->value == "build");
    CHECK(sources(text, copy.flags[1].at) == "--chown=app:app");
    REQUIRE(file.stages.size() == 1);
    CHECK(file.stages[0].name == "build");
    CHECK(file.stages[0].platform == "linux/amd64");
}

TEST_CASE("the zone of directives ends at the first other line") {
    const Dockerfile late = read_dockerfile("# hello\n# escape=`\nFROM a\nRUN b `\nUSER c\n");
    CHECK(late.escape == '\\');
    CHECK(late.instructions.size() == 3);
    const Dockerfile windows = read_dockerfile("# ESCAPE = `\nFROM a\nRUN b `\n  c\nCOPY x C:\\\nUSER d\n");
    CHECK(windows.escape == '`');
    CHECK(windows.instructions.size() == 4);
    CHECK(windows.problems.empty());
    CHECK(read_dockerfile("# escape=`\n# escape=`\nFROM a\n").problems.size() == 1);
    CHECK(read_dockerfile("# escape=x\nFROM a\n").problems.size() == 1);
}

TEST_CASE("a continuation is the last character that isn't blank, unless another escape stands before") {
    CHECK(read_dockerfile("FROM a\nRUN b \\  \n c\n").instructions.size() == 2);
    CHECK(read_dockerfile("FROM a\nRUN b \\\\\nUSER c\n").instructions.size() == 3);
    CHECK(read_dockerfile("FROM a\nRUN b \\\r\n c\r\n").instructions[1].arguments == "b  c");
    CHECK(read_dockerfile("FROM a\nRUN b \\").instructions[1].arguments == "b");
    CHECK(read_dockerfile("\xEF\xBB\xBF"
                          "FROM a\n")
              .stages.size() == 1);
}

TEST_CASE("heredocs belong to RUN, COPY and ADD, and end where their word stands alone") {
    const std::string text = "FROM a\nRUN <<EOF cat && <<-'OTHER' \\\n  bash\nFROM b\nEOF\n\tapt-get update\n\tOTHER\n"
                             "COPY <<a <<b /x/\n1\na\n2\nb\nUSER c\n";
    const Dockerfile file = read_dockerfile(text);
    CHECK(file.problems.empty());
    REQUIRE(file.instructions.size() == 4);
    const auto& heredocs = file.instructions[1].heredocs;
    REQUIRE(heredocs.size() == 2);
    CHECK(heredocs[0].text == "FROM b\n");
    CHECK(heredocs[0].expand);
    CHECK(heredocs[0].line == 4);
    CHECK(heredocs[1].chomp);
    CHECK_FALSE(heredocs[1].expand);
    CHECK(sources(text, heredocs[1].at) == "\tapt-get update\n");
    CHECK(file.instructions[1].end_line == 7);
    CHECK(file.instructions[2].heredocs.size() == 2);
    CHECK(read_dockerfile("FROM a\nRUN echo $((1<<2))\nUSER b\n").instructions.size() == 3);
}

TEST_CASE("the tabs before the lines of <<- are no part of what is run") {
    const Dockerfile file = read_dockerfile("FROM a\nRUN <<-EOF\n\techo 'a\n\tb'\n\tEOF\n");
    const auto& commands = file.instructions.at(1).shell.commands;
    REQUIRE_FALSE(commands.empty());
    CHECK(commands.back().words.back().text == "a\nb");
}

TEST_CASE("a heredoc without an end is a problem, and the next line is read") {
    const Dockerfile file = read_dockerfile("FROM a\nRUN <<EOF\nUSER b\nEXPOSE 1\n");
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems[0].line == 2);
    CHECK(file.instructions.size() == 4);
}

TEST_CASE("exec form is a JSON array of strings, and nothing else") {
    const std::string text = "FROM a\nCMD [\"a b\", \"c\\\"\"]\nCMD ['a']\nCMD [1]\nRUN [ -f x ] && y\n";
    const Dockerfile file = read_dockerfile(text);
    CHECK(file.instructions[1].exec);
    CHECK(texts(file.instructions[1].words) == Texts{"a b", "c\""});
    CHECK(sources(text, file.instructions[1].words[1].at) == "\"c\\\"\"");
    CHECK(file.instructions[2].broken_json);
    CHECK(file.problems.size() == 1);
    CHECK(file.problems[0].line == 4);
    CHECK_FALSE(file.instructions[4].exec);
}

TEST_CASE("COPY, ADD and VOLUME take an array, too") {
    const Dockerfile file =
        read_dockerfile("FROM a\nCOPY [\"a b\", \"/x/\"]\nADD [\"c d\", \"/x/\"]\nVOLUME [\"/a b\"]\n");
    CHECK(texts(file.instructions[1].words) == Texts{"a b", "/x/"});
    CHECK(texts(file.instructions[2].words) == Texts{"c d", "/x/"});
    CHECK(texts(file.instructions[3].words) == Texts{"/a b"});
}

TEST_CASE("ENV has pairs, or the old form of one") {
    const Dockerfile file =
        read_dockerfile("FROM a\nENV A=\"b c\" D=e\\ f\nENV OLD  rest of it\nENV A=b C\nARG X Y=1\n");
    const auto& pairs = file.instructions[1].pairs;
    REQUIRE(pairs.size() == 2);
    CHECK(pairs[0].value == "\"b c\"");
    CHECK(pairs[1].value == "e\\ f");
    CHECK(file.instructions[2].legacy);
    CHECK(file.instructions[2].pairs[0].value == "rest of it");
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems[0].line == 4);
    CHECK_FALSE(file.instructions[4].pairs[0].has_value);
    CHECK(file.instructions[4].pairs[1].value == "1");
}

TEST_CASE("what BuildKit refuses is one problem, and the rest is read") {
    for (const auto* line : {"FRMO b",
                             "FROM a b",
                             "FROM a AS 1x",
                             "COPY --chown a b",
                             "COPY a",
                             "COPY --frm=x a b",
                             "EXPOSE",
                             "HEALTHCHECK curl x",
                             "HEALTHCHECK --interval=5 CMD x",
                             "HEALTHCHECK NONE x",
                             "ONBUILD ONBUILD RUN x",
                             "ONBUILD FROM x",
                             "SHELL bash",
                             "USER",
                             "ENV",
                             "RUN --mont=x y",
                             "LABEL =x",
                             "COPY a <<EOF\nEOF",
                             "RUN",
                             "HEALTHCHECK --retries=1 --retries=2 CMD x"}) {
        INFO(line);
        const Dockerfile file = read_dockerfile("FROM a\n" + std::string(line) + "\nUSER b\n");
        CHECK(file.problems.size() == 1);
        CHECK(file.problems[0].line == 2);
        CHECK(file.instructions.back().verb == Verb::user);
    }
    CHECK(read_dockerfile("RUN x\nFROM a\n").problems.size() == 1);
    CHECK(read_dockerfile("").problems.size() == 1);
    CHECK(read_dockerfile(std::string(1 << 21, 'a')).problems.size() == 1);
}

TEST_CASE("stages are a graph by name, and a target has its ancestors") {
    const Dockerfile file =
        read_dockerfile("ARG V=3.12\nFROM python:${V}-slim AS base\nFROM node AS web\nFROM BASE AS dev\n"
                        "FROM base\nFROM $OTHER\n");
    REQUIRE(file.stages.size() == 5);
    CHECK(file.stages[0].base == "python:3.12-slim");
    CHECK(file.chain("dev") == std::vector<std::size_t>{0, 2});
    CHECK(file.chain("3") == std::vector<std::size_t>{0, 3});
    CHECK(file.chain("") == std::vector<std::size_t>{4});
    CHECK_FALSE(file.stages[4].base_known);
    CHECK(file.chain("none").empty());
}

TEST_CASE("ONBUILD holds an instruction") {
    const Dockerfile file = read_dockerfile("FROM a\nONBUILD COPY --chown=x a b\n");
    REQUIRE(file.instructions[1].trigger.size() == 1);
    CHECK(file.instructions[1].trigger[0].verb == Verb::copy);
    CHECK(file.instructions[1].trigger[0].flag("chown") != nullptr);
}

TEST_CASE("what RUN, CMD and HEALTHCHECK run is there as commands") {
    const Dockerfile file =
        read_dockerfile("FROM a\nRUN apt-get update && \\\n  # why\n  apt-get install -y b\n"
                        "CMD [\"sh\", \"-c\", \"exec gunicorn app\"]\nHEALTHCHECK CMD curl -f x || exit 1\n"
                        "RUN <<EOF\npip install x\n# no\nEOF\nSHELL [\"powershell\"]\nRUN apt-get x\n");
    REQUIRE(file.instructions[1].shell.commands.size() == 2);
    CHECK(file.instructions[1].shell.commands[1].words[1].text == "install");
    REQUIRE(file.instructions[2].shell.commands.size() == 2);
    CHECK(file.instructions[2].shell.commands[1].name() == "gunicorn");
    CHECK(file.instructions[3].shell.commands.size() == 2);
    REQUIRE(file.instructions[4].shell.commands.size() == 1);
    CHECK(file.instructions[4].shell.commands[0].heredoc == 0);
    CHECK(file.instructions[6].shell.commands.empty());
}

TEST_CASE("hostile files are read in time") {
    std::string chain, heredocs = "FROM a\n", words = "FROM a\n";
    for (int i = 0; i < 20000; ++i) chain += "FROM a" + std::to_string(i) + " AS a" + std::to_string(i + 1) + "\n";
    for (int i = 0; i < 60000; ++i) heredocs += "RUN <<E" + std::to_string(i) + "\n";
    for (int i = 0; i < 20; ++i)
        words += "RUN " + std::string(30000, '(') + " $(${a:-" + std::string(20000, '`') + "\n";
    CHECK(read_dockerfile(chain).stages.size() == 500);
    CHECK(read_dockerfile(heredocs).problems.size() >= 8);
    CHECK(read_dockerfile(words).instructions.size() == 21);
    CHECK(read_dockerfile("FROM a\nRUN " + std::string(70000, 'x') + "\nUSER b\n").instructions.size() == 2);
}
