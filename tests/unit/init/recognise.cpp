#include "support/catch.h"
#include "unit/init/found.h"

using fairlead::join;
using namespace fairlead::init;

TEST_CASE("a manifest that can't be read is named, also where no other is there") {
    const auto told = only({{"pyproject.toml", "a = \"\n[project\n"}});
    CHECK(says(told, "pyproject.toml:1 could not be read"));
}

TEST_CASE("a repository of nothing that is known is told what to do") {
    const auto project = found({{"README.md", ""}}, "Über Shop!");
    REQUIRE(project.components.size() == 1);
    CHECK(project.name == "ber-shop");
    CHECK(project.components[0].language == Language::other);
    CHECK(says(project.components[0], "init found no manifest here that it knows"));
    CHECK(found({}).components.size() == 1);
}

TEST_CASE("a language without a recogniser is told, beside others too") {
    const auto shop = found({{"Package.swift", ""}, {"package.json", R"({"scripts":{"test":"vitest"}})"}}).components;
    REQUIRE(shop.size() == 1);
    CHECK(says(shop[0], "Package.swift is here, but init does not know Swift, so no command of that part is run"));
    const auto alone = only({{"src/Shop/stack.yaml", ""}, {"src/Other/stack.yaml", ""}, {"examples/pubspec.yaml", ""}});
    CHECK(says(alone, "src/Other/stack.yaml is here, but init does not know Haskell"));
    CHECK_FALSE(says(alone, "Shop/stack.yaml"));
    CHECK_FALSE(says(alone, "Dart"));
}

TEST_CASE("several parts of a repository are components by folder, each with a name of its own") {
    const auto project = found({{"api/go.mod", "module a\n"},
                                {"web/package.json", R"({"scripts":{"test":"vitest"}})"},
                                {"services/api/requirements.txt", "flask\n"},
                                {"services/api/x.py", ""},
                                {"examples/x/go.mod", "module x\n"},
                                {"docs/package.json", R"({"scripts":{"build":"vite"}})"}});
    std::string names;
    for (const auto& component : project.components) names += component.name + "=" + component.folder + " ";
    CHECK(names == "api=api services-api=services/api web=web ");
}

TEST_CASE("two languages in a folder are two components, and one has the image") {
    const auto project = found({{"manage.py", ""},
                                {"requirements.txt", "django\ngunicorn\n"},
                                {"a/wsgi.py", "application = get_wsgi_application()\n"},
                                {"package.json", R"({"scripts":{"build":"webpack"}})"},
                                {"Dockerfile", "FROM x\n"},
                                {".env.example", "A_KEY=\n"}});
    REQUIRE(project.components.size() == 2);
    CHECK(project.components[0].name == "shop");
    CHECK(project.components[1].name == "shop-node");
    CHECK(project.components[0].dockerfile == "Dockerfile");
    CHECK(project.components[1].dockerfile.empty());
    CHECK(project.components[1].secrets.empty());
}

TEST_CASE("paths are from the project's folder") {
    const auto web =
        found({{"web/package.json", R"({"scripts":{"test":"vitest","build":"vite build"},"engines":{"node":"22"}})"},
               {"web/index.html", ""},
               {"web/Dockerfile", "FROM x\n"}})
            .components.at(0);
    CHECK(web.runtime.version_file == "web/package.json");
    CHECK(web.dist == "web/dist");
    CHECK(web.dockerfile == "web/Dockerfile");
    CHECK(evidence(web) == "tests=web/reports/junit.xml ");
    CHECK(join(web.ignored, " ") == "web/reports/ web/dist/ web/node_modules/");
}

TEST_CASE("a name that GitHub would evaluate, or no line can hold, is left out and told") {
    const auto project = found({{"go.mod", "module a\n"},
                                {"${{ secrets.X }}/go.mod", "module b\n"},
                                {"a\nb/go.mod", "module c\n"},
                                {".github/workflows/ci.yml", ""},
                                {".github/workflows/${{ x }}.yml", ""},
                                {".github/workflows/README.md", ""}});
    REQUIRE(project.components.size() == 1);
    CHECK(says(project.components[0], "2 more folders with a manifest were left out"));
    CHECK(join(project.workflows, " ") == ".github/workflows/ci.yml");
}

TEST_CASE("more parts than a person can read are left out and told") {
    Texts texts;
    for (int i = 0; i < 30; ++i) texts["m" + std::to_string(i) + "/go.mod"] = "module a\n";
    const auto project = found(texts);
    CHECK(project.components.size() == 20);
    CHECK(says(project.components[0], "10 more folders"));
}

TEST_CASE("a manifest that is broken, too long or too deep is a doubt and never a crash") {
    const std::string deep(200'000, '['), large(3u << 20, ' ');
    for (const auto* name : {"package.json", "pyproject.toml", "Cargo.toml", "pom.xml", "go.mod", "CMakePresets.json",
                             "Pipfile", "compose.yml", "setup.cfg", "setup.py", "Procfile", ".env.example", "Makefile"})
        for (const auto& text : {std::string("{\"a\":"), deep, large, std::string("\0\xff\xfe", 3), std::string("[]"),
                                 std::string("null"), std::string("a = ")}) {
            const auto project = found({{name, text}, {"CMakeLists.txt", ""}, {"app.py", ""}});
            CHECK_FALSE(project.components.empty());
        }
    CHECK(says(only({{"package.json", "{"}}), "package.json:1 could not be read"));
    CHECK(says(only({{"package.json", large}}),
               "package.json was left out: it can't be read, is not a regular file, or is larger than 1 MiB"));
}
