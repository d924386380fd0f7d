#include "read/manifest.h"
#include "support/catch.h"

using namespace fairlead::read;

namespace {

std::string asked(std::string_view file, std::string_view text) {
    std::string all;
    for (const auto& [program, line, range, kind] : read_runtimes(file, text))
        all += std::string(program) + " " + range + " @" + std::to_string(line) + ";";
    return all;
}

}

TEST_CASE("manifests ask for an interpreter") {
    CHECK(asked("pyproject.toml", "[project]\nname = 'a'\nrequires-python = '>=3.11'\n") == "python >=3.11 @3;");
    CHECK(asked("pyproject.toml", "[tool.poetry.dependencies]\npython = \"^3.10\"\n") == "python ^3.10 @2;");
    CHECK(asked("Pipfile", "[requires]\npython_version = \"3.11\"\n") == "python 3.11 @2;");
    CHECK(asked("package.json", "{\n  \"engines\": {\n    \"node\": \">=18 <21\"\n  }\n}") == "node >=18 <21 @3;");
    CHECK(asked("composer.json", R"({"require": {"php": "^8.1"}})") == "php ^8.1 @1;");
    CHECK(asked("go.mod", "module x\n\ngo 1.22.1\n") == "go >=1.22.1 @3;");
    CHECK(asked("package.json", "{").empty());
    CHECK(asked("pyproject.toml", "[project").empty());
    CHECK(asked("README.md", "python 3").empty());
    CHECK(is_manifest("go.mod"));
    CHECK_FALSE(is_manifest("go.sum"));
}

TEST_CASE("files of one version") {
    CHECK(asked(".python-version", "# pinned\n3.11.4\n") == "python 3.11.4 @2;");
    CHECK(asked("runtime.txt", "python-3.11.4\n") == "python 3.11.4 @1;");
    CHECK(asked(".ruby-version", "ruby-3.2.2\n") == "ruby 3.2.2 @1;");
    CHECK(asked(".java-version", "temurin-17.0.9\n") == "java 17.0.9 @1;");
    CHECK(asked(".nvmrc", "lts/iron\n") == "node 20 @1;");
    CHECK(asked(".nvmrc", "node\n") == "node * @1;");
    CHECK(asked(".tool-versions", "nodejs 20.11.0 18.1.0\nterraform 1.0\njava temurin-17.0.9\n") ==
          "node 20.11.0 @1;java 17.0.9 @3;");
}

TEST_CASE("Java's build files name the oldest release that will do") {
    const auto pom = [](const std::string& properties) {
        return asked("pom.xml", "<project>\n<properties>" + properties + "</properties>\n</project>");
    };
    CHECK(pom("<java.version>17</java.version>") == "java >=17 @2;");
    CHECK(pom("<java.version>1.8</java.version>") == "java >=8 @2;");
    CHECK(pom("<maven.compiler.release>${java.version}</maven.compiler.release><java.version>21</java.version>") ==
          "java >=21 @2;");
    CHECK(pom("").empty());
    CHECK(asked("pom.xml", "<project><dependency><java.version>17</java.version></dependency></project>").empty());
    CHECK(asked("build.gradle", "java {\n  sourceCompatibility = '11'\n}") == "java >=11 @2;");
    CHECK(asked("build.gradle", "sourceCompatibility = JavaVersion.VERSION_1_8") == "java >=8 @1;");
    CHECK(asked("build.gradle.kts", "// VERSION\n languageVersion = JavaLanguageVersion.of(17)") == "java >=17 @2;");
}

TEST_CASE("lock files name their packages") {
    CHECK(normal_name("Flask_SQL.Alchemy") == "flask-sql-alchemy");
    const auto pins =
        *read_python_packages("requirements.txt", "# a\nA==1\nb>=2\nc[x]==3.*\nd == 4 ; python_version < '3'\n-r e\n");
    CHECK(pins.size() == 2);
    CHECK(pins.at("a").version == "1");
    CHECK_FALSE(pins.at("d").is_needed);
    const auto uv = *read_python_packages("uv.lock", "version = 1\n[[package]]\nname = \"Flask\"\nversion = \"3.0.0\"\n"
                                                     "[[package]]\nname = \"own\"\nversion = \"1\"\n"
                                                     "source = { virtual = \".\" }\n");
    CHECK(uv.size() == 1);
    CHECK(uv.at("flask").version == "3.0.0");
    CHECK_FALSE(read_python_packages("uv.lock", "[[package"));
    CHECK_FALSE(read_python_packages("Pipfile.lock", "{"));
    CHECK_FALSE(read_python_packages("setup.py", ""));
    CHECK_FALSE(read_npm_packages("[]"));
    const auto locked = *read_npm_packages(R"({"packages": {"": {"version": "1"}, "lib": {"version": "1"},
        "node_modules/lib": {"link": true}, "node_modules/a": {"version": "2"},
        "node_modules/b": {"version": "3", "optional": true}}})");
    CHECK(locked.size() == 2);
    CHECK(locked.at("node_modules/a").is_needed);
    CHECK_FALSE(locked.at("node_modules/b").is_needed);
}
