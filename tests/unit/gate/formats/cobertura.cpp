#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Evidence classes(const std::string& text, const SourceTree& tree = tree_of({})) {
    return read(
        "<?xml version='1.0'?>\n<!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>\n"
        "<coverage line-rate='0.9' lines-valid='77'>" +
            text + "</coverage>",
        tree);
}

}

TEST_CASE("of several sources the one that holds the file is taken before any guess") {
    auto evidence = read("<coverage><sources><source>/ci/one/lib</source><source>/repo/two</source></sources>"
                         "<packages><package><classes><class filename='lib/m.py'><lines>"
                         "<line number='1' hits='1'/></lines></class></classes></package></packages></coverage>",
                         tree_of({"lib/lib/m.py", "two/lib/m.py"}));
    CHECK(evidence.coverage->file("two/lib/m.py").lines().total == 1);
}

TEST_CASE("lines of methods are those of the class again") {
    const auto evidence =
        classes("<packages><package><classes><class filename='a.py'><methods><method><lines>"
                "<line number='1' hits='0'/></lines></method></methods><lines><line number='1' hits='2'/>"
                "<line number='2' hits='0'/></lines></class><class filename='a.py'><lines>"
                "<line number='2' hits='9999999999'/></lines></class></classes></package></packages>");
    CHECK(evidence.format == "cobertura");
    CHECK(evidence.coverage->lines() == Count{2, 2});
    CHECK(evidence.coverage->branches() == Count{0, 0});
}

TEST_CASE("numbers may be written as fractions, branches as parts of a condition") {
    const auto evidence =
        classes("<class filename='a'><line number='3.0' hits='1.0' branch='True' "
                "condition-coverage='50% (1/2)'/><line number='4' hits='-1' condition-coverage='NaN'/></class>");
    CHECK(evidence.coverage->lines() == Count{1, 2});
    CHECK(evidence.coverage->branches() == Count{1, 2});
}

TEST_CASE("a file name is looked for below each source") {
    const auto evidence = classes("<sources><source>/repo/lib</source><source>/repo/app</source></sources>"
                                  "<class filename='x.py'><line number='1' hits='1'/></class>"
                                  "<class filename='/repo/app/x.py'><line number='1' hits='0'/></class>",
                                  tree_of({"app/x.py"}));
    CHECK(evidence.coverage->size() == 1);
}

TEST_CASE("a line that can't be read makes the report malformed") {
    CHECK(classes("<class filename='a'><line number='x' hits='1'/></class>").problem == Problem::malformed);
    CHECK(classes("<class filename='a'><line number='1'/></class>").problem == Problem::malformed);
}

TEST_CASE("lines that only the methods list count when the class lists none") {
    const std::string methods =
        "<methods><method name='f'><lines><line number='1' hits='1'/></lines></method></methods>";
    // Istanbul: the line of `function f() {` is no statement, lcov doesn't count it either.
    CHECK(classes("<class filename='a.js'>" + methods + "<lines><line number='2' hits='0'/></lines></class>")
              .coverage->lines() == Count{0, 1});
    CHECK(classes("<class filename='a.js'><lines><line number='2' hits='0'/></lines>" + methods + "</class>")
              .coverage->lines() == Count{0, 1});
    CHECK(classes("<class filename='a.js'>" + methods + "<lines/></class>").coverage->lines() == Count{1, 1});
    // Each class for itself, in one file too.
    CHECK(classes("<class filename='a.js'>" + methods +
                  "</class><class filename='a.js'><lines><line number='5' hits='0'/>"
                  "</lines></class><class filename='b.js'>" +
                  methods + "</class>")
              .coverage->lines() == Count{2, 3});
}

TEST_CASE("sources are asked for each class, so there are not too many") {
    std::string sources = "<sources>";
    for (int i = 0; i < 101; ++i) sources += "<source>/s</source>";
    const auto evidence = classes(sources + "</sources><class filename='a'/>");
    CHECK(evidence.problem == Problem::malformed);
    CHECK(evidence.reason == "there are more than 100 <source>, which is the limit");
}

TEST_CASE("Vitest's method of a file without code is none") {
    const auto method = [](std::string_view name, std::string_view line) {
        return "<class filename='" + std::string(name) + ".js'><methods><method name='" + std::string(name) +
               "'><lines><line number='" + std::string(line) +
               "' hits='1'/></lines></method></methods><lines/></class>";
    };
    const auto evidence = read("<coverage line-rate='1'><packages><package><classes>" + method("(empty-report)", "1") +
                               method("m", "7") + "</classes></package></packages></coverage>");
    CHECK(evidence.coverage->lines() == Count{1, 1});
}

TEST_CASE("parts of a condition that can't be read make the report malformed") {
    const auto with = [](std::string_view text) {
        return read("<coverage line-rate='1'><packages><package><classes><class filename='a.c'><lines><line number='1' "
                    "hits='1' "
                    "condition-coverage='" +
                    std::string(text) + "'/></lines></class></classes></package></packages></coverage>");
    };
    for (const auto* text :
         {"0% (0/NaN)", "0% (-1/2)", "0% (/)", "0% (3/2)", "0% (1/99999999999999999999)", "0% (1", "0% (x/2)"}) {
        INFO(text);
        CHECK(with(text).problem == Problem::malformed);
    }
    CHECK(with("50% ( 1 / 2 )").coverage->branches() == Count{1, 2});
    CHECK(with("50%").problem == Problem::none);
    CHECK(with("").problem == Problem::none);
}
