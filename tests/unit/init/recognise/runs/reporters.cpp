#include "init/recognise/runs/reporters.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::init;

TEST_CASE("an option is taken out of a command with its value, however it is written") {
    const auto taken = take_option("vitest run --reporter=verbose --reporter 'my one' -w src", {"--reporter"}, true);
    CHECK(taken.text == "vitest run -w src");
    CHECK(join(taken.values, "|") == "verbose|my one");
    CHECK(take_option("jest --watch a", {"--watch"}, false).text == "jest a");
    CHECK(take_option("jest --watchAll a", {"--watch"}, false).text == "jest --watchAll a");
    CHECK_FALSE(take_option("jest a", {"--watch"}, false).any());
    CHECK(take_option("x --reporter --other", {"--reporter"}, true).text == "x --other");
    CHECK(take_option("x '--reporter=a b' c", {"--reporter"}, true).text == "x c");
}

TEST_CASE("a word is found as a whole") {
    CHECK(find_word("node --test-reporter=x --test a", "--test") == 23);
    CHECK(find_word("node --test-only a", "--test") == std::string::npos);
}

TEST_CASE("node's reporters are paired with destinations, and each stands there once") {
    const auto told = [](const std::string& text) { return with_node_reporters(text, "j.xml", "l.info"); };
    const std::string ours = " --test-reporter=junit --test-reporter-destination=j.xml --experimental-test-coverage"
                             " --test-reporter=lcov --test-reporter-destination=l.info";
    const std::string spec = " --test-reporter=spec --test-reporter-destination=stdout";
    CHECK(told("node --test").text == "node --test" + spec + ours);
    CHECK(told("node --test --test-reporter=spec").text == "node --test" + spec + ours);
    CHECK(told("node --test-reporter spec --test a.js").text == "node --test" + spec + ours + " a.js");
    CHECK(told("node --test --test-reporter=dot").text ==
          "node --test --test-reporter=dot --test-reporter-destination=stdout" + ours);
    CHECK(told("node --test --test-reporter=tap --test-reporter-destination=out.tap").text ==
          "node --test --test-reporter=tap --test-reporter-destination=out.tap" + ours);
    const auto own = told("node --test --test-reporter=junit --test-reporter-destination=own.xml --test-reporter=spec "
                          "--test-reporter-destination=stdout");
    CHECK(own.junit == "own.xml");
    CHECK(own.text.find("j.xml") == std::string::npos);
    const auto measured = told("node --test --experimental-test-coverage").text;
    CHECK(measured.find("--experimental-test-coverage") == measured.rfind("--experimental-test-coverage"));
    // Two without destinations is what node itself refuses: it begins anew.
    CHECK(told("node --test --test-reporter=dot --test-reporter=tap").text == "node --test" + spec + ours);
}
