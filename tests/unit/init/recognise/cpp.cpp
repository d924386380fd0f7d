#include "support/catch.h"
#include "unit/init/found.h"

using fairlead::join;
using namespace fairlead::init;

TEST_CASE("CMake's tests are CTest's, with its report") {
    const auto library =
        only({{"CMakeLists.txt", "add_library(fmt)\n"}, {"test/CMakeLists.txt", "Enable_Testing()\n"}});
    CHECK(library.kind == fairlead::init::Kind::library);
    CHECK(commands(library.test).ends_with("ctest --test-dir build --output-on-failure --output-junit junit.xml\n"));
    CHECK(evidence(library) == "tests=build/junit.xml ");
    CHECK(commands(library.build).find("--parallel 4\n") !=
          std::string::npos); // without a number make takes all memory
    const auto none = only({{"CMakeLists.txt", "add_executable(kilo)\n"}});
    CHECK(none.kind == fairlead::init::Kind::program);
    CHECK_FALSE(none.test);
    CHECK(says(none, "no test is registered with CTest"));
}

TEST_CASE("a preset says how and where CMake builds") {
    const auto one =
        only({{"CMakeLists.txt", "include(CTest)\n"},
              {"CMakePresets.json",
               R"({"configurePresets":[{"name":"base","hidden":true,"binaryDir":"${sourceDir}/out/${presetName}"},
                            {"name":"windows","inherits":"base"},{"name":"linux","inherits":"base"},{"name":"ci-linux","inherits":["base"]}]})"}});
    CHECK(commands(one.test).starts_with("cmake --preset ci-linux\ncmake --build out/ci-linux --parallel 4\n"));
    CHECK(evidence(one) == "tests=out/ci-linux/junit.xml ");
    const auto outside = only(
        {{"CMakeLists.txt", ""},
         {"CMakePresets.json",
          R"({"configurePresets":[{"name":"a","binaryDir":"/tmp/x"},{"name":"b","binaryDir":"${sourceDir}/../x"}]})"}});
    CHECK(commands(outside.build).starts_with("cmake -S . -B build"));
}

TEST_CASE("C++ within a package of Python's or Node's is built by theirs; Meson writes JUnit itself") {
    CHECK(only({{"CMakeLists.txt", ""},
                {"pyproject.toml", "[project]\nname='a'\n[build-system]\nrequires=['scikit-build-core']\n"},
                {"a.py", ""}})
              .language == Language::python);
    CHECK(evidence(only({{"meson.build", ""}})) == "tests=build/meson-logs/testlog.junit.xml ");
}
