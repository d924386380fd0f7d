#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Evidence jacoco(const std::string& text, const SourceTree& tree = tree_of({})) {
    return read("<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"
                "<!DOCTYPE report PUBLIC '-//JACOCO//DTD Report 1.1//EN' 'report.dtd'>\n<report name='demo'>\n" +
                    text + "</report>",
                tree);
}

std::string jacoco_package(const std::string& lines, const std::string& file = "Shop.java") {
    return "<package name='com/example'><class name='com/example/Shop' sourcefilename='" + file +
           "'><method name='f' desc='()V' line='3'><counter type='LINE' missed='9' covered='9'/></method>"
           "<counter type='LINE' missed='9' covered='9'/></class><sourcefile name='" +
           file + "'>" + lines + "</sourcefile></package>";
}

}

TEST_CASE("a line of JaCoCo is covered when one of its instructions is, and has the branches that it tells") {
    const auto evidence = jacoco(jacoco_package("<line nr='3' mi='1' ci='2' mb='1' cb='1'/>"
                                                "<line nr='4' mi='4' ci='0' mb='2' cb='0'/>"
                                                "<line nr='5' mi='0' ci='1'/>"
                                                "<counter type='LINE' missed='7' covered='7'/>"));
    CHECK(evidence.format == "jacoco");
    CHECK(evidence.coverage->lines() == Count{2, 3});
    CHECK(evidence.coverage->branches() == Count{1, 4});
}

TEST_CASE("JaCoCo's file lies in the sources of a build, in the module of its group") {
    auto evidence = jacoco("<group name='app'>" + jacoco_package("<line nr='1' mi='0' ci='1'/>") + "</group>",
                           tree_of({"app/src/main/java/com/example/Shop.java", "src/main/java/com/example/Shop.java"}));
    CHECK(evidence.coverage->file("app/src/main/java/com/example/Shop.java").lines().total == 1);
    evidence = jacoco("<group name='all'><group name='lib'>" + jacoco_package("<line nr='1' mi='0' ci='1'/>") +
                          "</group></group>",
                      tree_of({"lib/src/main/java/com/example/Shop.java"}));
    CHECK(evidence.coverage->file("lib/src/main/java/com/example/Shop.java").lines().total == 1);
    evidence = jacoco(jacoco_package("<line nr='1' mi='0' ci='1'/>", "Shop.kt"), tree_of({"src/main/kotlin/Shop.kt"}));
    CHECK(evidence.coverage->file("src/main/kotlin/Shop.kt").lines().total == 1);
    evidence = jacoco("<package name='scripts'><sourcefile name='Build.ps1'><line nr='1' mi='0' ci='1'/>"
                      "</sourcefile></package>",
                      tree_of({"scripts/Build.ps1"}));
    CHECK(evidence.coverage->file("scripts/Build.ps1").lines().total == 1);
}

TEST_CASE("files of one name in two groups are two files, also where the tree has one of them") {
    const auto two = "<group name='a'>" + jacoco_package("<line nr='1' mi='0' ci='1'/>") + "</group><group name='b'>" +
                     jacoco_package("<line nr='1' mi='1' ci='0'/>") + "</group>";
    CHECK(jacoco(two).coverage->lines() == Count{1, 2});
    CHECK(jacoco(two, tree_of({"src/main/java/com/example/Shop.java"})).coverage->lines() == Count{1, 2});
    CHECK(jacoco("<group name='a'>" + jacoco_package("<line nr='1' mi='0' ci='1'/>") +
                 jacoco_package("<line nr='1' mi='1' ci='0'/>") + "</group>")
              .coverage->lines() == Count{1, 1});
}

TEST_CASE("counters of JaCoCo count only for what lists no lines") {
    const std::string all =
        "<counter type='LINE' missed='4' covered='6'/><counter type='BRANCH' missed='1' covered='2'/>";
    const auto none = jacoco("<package name='p'><class name='p/A'/></package>" + all);
    CHECK(none.coverage->lines() == Count{6, 10});
    CHECK(none.coverage->branches() == Count{2, 3});
    CHECK(jacoco("<package name='p'><class name='p/A'><counter type='LINE' missed='1' covered='9'/></class></package>")
              .coverage->lines() == Count{0, 0});
    CHECK(jacoco(jacoco_package("<line nr='1' mi='0' ci='1'/>") + all).coverage->lines() == Count{1, 1});
    CHECK(jacoco(jacoco_package("<counter type='LINE' missed='2' covered='1'/>") +
                 jacoco_package("<line nr='1' mi='0' ci='1'/>", "Other.java") + all)
              .coverage->lines() == Count{2, 4});
}

TEST_CASE("a number of JaCoCo's that can't be read makes the report malformed, with its line") {
    for (const auto* line :
         {"<line nr='x' mi='0' ci='1'/>", "<line nr='-1' mi='0' ci='1'/>", "<line nr='1' mi='0'/>",
          "<line nr='1' ci='NaN'/>", "<line nr='1' ci='1' mb='0'/>", "<line nr='99999999999' ci='1'/>",
          "<line nr='1' ci='99999999999999999999'/>", "<counter type='LINE' missed='1'/>"}) {
        const auto evidence = jacoco(jacoco_package(line));
        INFO(line);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 3);
        CHECK_FALSE(evidence.reason.empty());
    }
    CHECK(jacoco(jacoco_package("<line nr='1'/>")).reason.find("let gcovr write --cobertura instead") !=
          std::string::npos);
    CHECK(jacoco(jacoco_package("<line nr='x' ci='1'/>")).reason == "a <line> can't be read: nr 'x'");
    CHECK(read("<report name='cut'><package name='p'><sourcefile name='A'>").problem == Problem::malformed);
}
