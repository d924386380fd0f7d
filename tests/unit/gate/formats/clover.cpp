#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Evidence clover(const std::string& text, const std::string& attributes = "clover='4.3.1'",
                const SourceTree& tree = tree_of({})) {
    return read("<?xml version='1.0'?>\n<coverage generated='1' " + attributes + ">\n<project timestamp='1'>\n" + text +
                    "</project></coverage>",
                tree);
}

std::string clover_file(const std::string& lines, const std::string& names = "name='A.java' path='/ci/src/A.java'") {
    return "<package name='p'><file " + names + ">" + lines + "</file></package>";
}

}

TEST_CASE("lines of Clover count once, whatever their type, and are covered when any record says so") {
    const auto evidence =
        clover(clover_file("<metrics statements='70' coveredstatements='70'/>"
                           "<line num='1' type='method' count='0'/><line num='1' type='stmt' count='3'/>"
                           "<line num='2' type='stmt' count='0'/>"
                           "<line num='3' type='stmt' count='9999999999'/>"));
    CHECK(evidence.format == "clover");
    CHECK(evidence.coverage->lines() == Count{2, 3});
    CHECK(evidence.coverage->branches() == Count{0, 0});
}

TEST_CASE("a condition of OpenClover has two arms, and counts when either was taken") {
    const auto evidence = clover(clover_file("<line num='1' type='cond' truecount='5' falsecount='0'/>"
                                             "<line num='2' type='cond' truecount='0' falsecount='2'/>"
                                             "<line num='3' type='cond' truecount='0' falsecount='0'/>"));
    CHECK(evidence.coverage->lines() == Count{2, 3});
    CHECK(evidence.coverage->branches() == Count{2, 6});
}

TEST_CASE("several conditions of one line have arms of their own") {
    CHECK(clover(clover_file("<line num='1' type='cond' truecount='1' falsecount='0'/>"
                             "<line num='1' type='cond' truecount='0' falsecount='1'/>"))
              .coverage->branches() == Count{2, 4});
}

TEST_CASE("Istanbul writes with the same words how many arms were taken and how many not") {
    const auto evidence = clover(clover_file("<line num='1' type='cond' count='1' truecount='3' falsecount='1'/>"
                                             "<line num='2' type='cond' count='0' truecount='0' falsecount='2'/>"),
                                 "clover='3.2.0'");
    CHECK(evidence.coverage->lines() == Count{1, 2});
    CHECK(evidence.coverage->branches() == Count{3, 6});
}

TEST_CASE("the file of Clover is the path, else the name") {
    auto evidence =
        clover(clover_file("<line num='1' type='stmt' count='1'/>"), "clover='3.2.0'", tree_of({"src/A.java"}));
    CHECK(evidence.coverage->file("src/A.java").lines().total == 1);
    evidence = clover("<file name='/repo/src/A.php'><class name='A'><metrics statements='5' coveredstatements='5'/>"
                      "</class><line num='1' type='stmt' count='1'/></file>",
                      "", tree_of({"src/A.php"}));
    CHECK(evidence.coverage->file("src/A.php").lines().total == 1);
    CHECK(clover(clover_file("", "line='1'")).reason == "a <file> has no path and no name");
}

TEST_CASE("the metrics of a file count only where it lists no lines, those of its classes never") {
    CHECK(
        clover(clover_file("<class name='A'><metrics statements='5' coveredstatements='5'/></class>"
                           "<metrics statements='4' coveredstatements='1' conditionals='2' coveredconditionals='1'/>"))
            .coverage->lines() == Count{1, 4});
    CHECK(clover(clover_file("<class name='A'><metrics statements='5' coveredstatements='5'/></class>"))
              .coverage->lines() == Count{0, 0});
}

TEST_CASE("the code of tests is no code that they cover") {
    const auto evidence =
        read("<coverage generated='1' clover='4.4.1'><project><file name='A'><line num='1' type='stmt' count='0'/>"
             "</file></project><testproject><file name='T'><line num='1' type='stmt' count='1'/></file></testproject>"
             "</coverage>");
    CHECK(evidence.coverage->lines() == Count{0, 1});
}

TEST_CASE("a number of Clover's that can't be read makes the report malformed, with its line") {
    for (const auto* line :
         {"<line num='x' type='stmt' count='1'/>", "<line num='1' type='stmt'/>",
          "<line num='1' type='stmt' count='-1'/>", "<line num='1' type='stmt' count='NaN'/>",
          "<line num='4294967296' type='stmt' count='1'/>", "<line num='1' type='cond'/>",
          "<line num='1' type='cond' truecount='1'/>", "<line num='1' type='cond' truecount='1' falsecount='x'/>",
          "<metrics statements='1' coveredstatements='2'/>"}) {
        const auto evidence = clover(clover_file(line));
        INFO(line);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 4);
    }
    CHECK(read("<coverage generated='1'><project><file name='A'>").problem == Problem::malformed);
}

TEST_CASE("the heading of a method is no line of PHPUnit's") {
    const auto lines =
        clover_file("<line num='1' type='method' count='3'/><line num='2' type='stmt' count='0'/>", "name='/ci/A.php'");
    CHECK(clover(lines, "").coverage->lines() == Count{0, 1});
    CHECK(clover(lines, "clover='4.3.1'").coverage->lines() == Count{1, 2});
}
