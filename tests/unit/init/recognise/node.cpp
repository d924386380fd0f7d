#include "support/catch.h"
#include "unit/init/found.h"

using fairlead::join;
using namespace fairlead::init;

namespace {

Component node(const std::string& package, Texts more = {}) {
    more["package.json"] = package;
    return only(more);
}

// The test step of a project whose only script is that.
std::string tested(const std::string& script, const std::string& packages = "") {
    const auto component = node("{\"scripts\":{\"test\":\"" + script + "\"},\"devDependencies\":{" + packages + "}}",
                                {{"package-lock.json", "{}"}});
    return commands(component.test);
}

}

TEST_CASE("each runner of Node writes JUnit by flags of its own") {
    CHECK(tested("vitest") ==
          "npm run test -- --run --reporter=default --reporter=junit --outputFile.junit=reports/junit.xml\n");
    CHECK(tested("vitest run", "\"@vitest/coverage-v8\":\"3\"")
              .ends_with(
                  "--coverage.enabled --coverage.reporter=lcovonly --coverage.reportsDirectory=reports/coverage\n"));
    CHECK(tested("jest", "\"jest-junit\":\"16\"") ==
          "npm run test -- --ci --reporters=default --reporters=jest-junit --coverage --coverageReporters=lcovonly "
          "--coverageDirectory=reports/coverage\n");
    CHECK(tested("mocha --require x --reporter spec test/") ==
          "npm run test -- --reporter=xunit --reporter-option=output=reports/junit.xml\n");
    CHECK(tested("tap", "\"tap\":\"^21.0.0\"") ==
          "npm run test -- --reporter=junit --reporter-file=reports/junit.xml\n");
    CHECK(tested("eslint . && vitest run").starts_with("npm run test -- --run"));
    CHECK(tested("vitest run && tsc").starts_with("npx --no-install vitest run --run"));
    CHECK(tested("cross-env NODE_ENV=test mocha").ends_with("--reporter-option=output=reports/junit.xml\n"));
}

TEST_CASE("node --test gets its reporters before the files") {
    const auto text = tested("node --test test/a.js");
    CHECK(text.starts_with("mkdir -p reports/coverage\nnode --test --test-reporter=spec"));
    CHECK(text.ends_with("--test-reporter-destination=reports/coverage/lcov.info test/a.js\n"));
    CHECK(tested("node --test test/*.js").find("\nsh -c node --test --test-reporter=spec") != std::string::npos);
}

TEST_CASE("jest without jest-junit has it brought by npx") {
    const auto text = tested("jest");
    CHECK(text.starts_with("sh -c NODE_PATH=\"$(npx --yes --package=jest-junit@"));
    CHECK(text.find("sh npm run test -- --ci") != std::string::npos);
    CHECK(says(node(R"({"scripts":{"test":"jest"}})"), "the project has no jest-junit"));
    const auto react = node(R"({"scripts":{"test":"react-scripts test"}})");
    CHECK(evidence(react) == "tests=reports/junit.xml coverage=reports/coverage/lcov.info ");
}

TEST_CASE("a runner without JUnit is told, and so is one that is not known") {
    CHECK(says(node(R"({"scripts":{"test":"ava"}})"), "ava does not write JUnit itself"));
    CHECK(says(node(R"({"scripts":{"test":"./run-tests"}})"), "the test runner of scripts.test is not known"));
    const auto none = node(R"({"scripts":{"test":"echo \"Error: no test specified\" && exit 1","build":"tsc"}})");
    CHECK_FALSE(none.test);
    CHECK(says(none, "package.json has no test script"));
}

TEST_CASE("a script that runs scripts leads to the runner") {
    CHECK(
        commands(
            node(
                R"({"scripts":{"test":"npm run lint && npm run test:unit","test:unit":"vitest run","lint":"eslint ."}})")
                .test) ==
        "npm run test:unit -- --run --reporter=default --reporter=junit --outputFile.junit=reports/junit.xml\n");
    const auto many = node(
        R"({"scripts":{"test":"pnpm run \"/^test:.*/\"","test:format":"prettier .","test:spec":"vitest run","test:e2e":"playwright test"}})");
    CHECK(commands(many.test).find("run test:spec") != std::string::npos);
}

TEST_CASE("the manager is packageManager's, else the lock file's") {
    const std::string test = R"("scripts":{"test":"vitest"})";
    CHECK(commands(node("{" + test + "}", {{"package-lock.json", ""}}).install) == "npm ci\n");
    CHECK(commands(node("{" + test + "}").install) == "npm install\n");
    CHECK(commands(
              node("{" + test + R"(,"packageManager":"pnpm@10.2.0+sha512.ab"})", {{"pnpm-lock.yaml", ""}}).install) ==
          "npx --yes pnpm@10.2.0 install --frozen-lockfile\n");
    CHECK(commands(node("{" + test + "}", {{"yarn.lock", ""}}).install) ==
          "npx --yes yarn@1.22.22 install --frozen-lockfile\n");
    CHECK(commands(node("{" + test + R"(,"packageManager":"yarn@4.1.0"})", {{"yarn.lock", ""}}).install) ==
          "npx --yes --package=@yarnpkg/cli-dist@4.1.0 -- yarn install --immutable\n");
    const auto both = node("{" + test + "}", {{"yarn.lock", ""}, {"package-lock.json", ""}});
    CHECK(both.manager == "yarn");
    CHECK(says(both, "there are several lock files (yarn.lock, package-lock.json), and yarn is used"));
    CHECK(commands(node("{" + test + R"(,"packageManager":"pnpm@${{ secrets.X }}"})").install)
              .starts_with("npx --yes pnpm@10.12.1"));
}

TEST_CASE("pnpm is the one that wrote the lock file, where packageManager names none") {
    const auto by = [](const std::string& lock) {
        const auto app = node(R"({"scripts":{"test":"vitest"}})", {{"pnpm-lock.yaml", lock}});
        const auto install = commands(app.install);
        CHECK(says(app, install.substr(10, install.find(" install") - 10) + " is used"));
        return install;
    };
    CHECK(by("lockfileVersion: 5.4\n").starts_with("npx --yes pnpm@7.33.7 install --frozen-lockfile"));
    CHECK(by("lockfileVersion: 5.3\n").starts_with("npx --yes pnpm@6.35.1 "));
    CHECK(by("lockfileVersion: '6.0'\n\nsettings:\n").starts_with("npx --yes pnpm@8.15.9 "));
    CHECK(by("lockfileVersion: '9.0'\n").starts_with("npx --yes pnpm@10.12.1 "));
    CHECK(by("lockfileVersion: 5.1\n").starts_with("npx --yes pnpm@6.35.1 "));
    CHECK(by("lockfileVersion: '77.0'\n").starts_with("npx --yes pnpm@10.12.1 "));
    CHECK(by("").starts_with("npx --yes pnpm@10.12.1 "));
}

TEST_CASE("pnpm is the one of engines, and a packageManager that names no version is told") {
    const auto app = node(R"({"scripts":{"test":"vitest"},"packageManager":"pnpm@^9","engines":{"pnpm":">=9.1.0"}})",
                          {{"pnpm-lock.yaml", "lockfileVersion: '9.0'\n"}});
    CHECK(commands(app.install).starts_with("npx --yes pnpm@9.1.0 "));
    CHECK(says(app, "packageManager of package.json names no exact version of pnpm, so pnpm@9.1.0 is used"));
}

TEST_CASE("Node is of the version that mise or the container's base names") {
    const std::string package = R"({"scripts":{"test":"vitest"}})";
    CHECK(node(package, {{"mise.toml", "[tools]\nnode = \"24.1\"\n"}}).runtime.version == "24.1");
    const auto based = node(package, {{"Dockerfile", "FROM node:20-alpine AS build\n"}});
    CHECK(based.runtime.version == "20");
    CHECK(says(based, "no version of Node is named, so 20 of Dockerfile is used"));
    CHECK(node(package, {{"Dockerfile", "FROM node:lts\n"}}).runtime.version == "22");
}

TEST_CASE("Node is of the version that volta or .tool-versions names") {
    CHECK(node(R"({"scripts":{"test":"vitest"},"volta":{"node":"20.1.0"}})").runtime.version_file == "package.json");
    const std::string plain = R"({"scripts":{"test":"vitest"}})";
    CHECK(node(plain, {{".tool-versions", "python 3.12\nnodejs 20.1.0\n"}}).runtime.version_file == ".tool-versions");
    CHECK(node(plain, {{".tool-versions", "python 3.12\n"}}).runtime.version == "22");
}

TEST_CASE("bun is told, and nothing of it is run") {
    const auto part = node(R"({"scripts":{"test":"bun test","build":"vite build"}})", {{"bun.lock", ""}});
    CHECK_FALSE(part.test);
    CHECK_FALSE(part.build);
    CHECK(says(part, "init does not know bun"));
}

TEST_CASE("a front end is a site with what its builder makes") {
    const auto vite = node(
        R"({"private":true,"scripts":{"build":"tsc && vite build","test":"vitest"},"dependencies":{"react":"19"},"devDependencies":{"vite":"7"}})",
        {{"index.html", ""}, {"package-lock.json", ""}, {".nvmrc", "22"}});
    CHECK(vite.kind == fairlead::init::Kind::site);
    CHECK(vite.framework == "react");
    CHECK(vite.dist == "dist");
    CHECK(commands(vite.build) == "npm run build\n");
    CHECK(vite.runtime.version_file == ".nvmrc");
    const auto cra = node(R"({"scripts":{"build":"react-scripts build"}})", {{"public/index.html", ""}});
    CHECK(cra.dist == "build");
    const auto own = node(R"({"scripts":{"build":"vite build"}})",
                          {{"index.html", ""}, {"vite.config.ts", "build: {\n outDir: 'public'\n}"}});
    CHECK(own.dist == "public");
    const auto library = node(R"({"exports":"./dist/x.js","scripts":{"build":"vite build"}})", {{"index.html", ""}});
    CHECK(library.kind == fairlead::init::Kind::library);
}

TEST_CASE("a service is what a start script starts") {
    const auto api = node(
        R"({"scripts":{"start":"node server.js","dev":"nodemon","test":"vitest"},"dependencies":{"express":"5","pg":"8"},"engines":{"node":">=20"}})",
        {{"server.js", "app.get('/healthz', h)\nlisten(process.env.PORT)\n"}, {"package-lock.json", ""}});
    CHECK(api.kind == fairlead::init::Kind::service);
    CHECK(join(api.serve, " ") == "env PORT={socket} node server.js");
    CHECK(api.health == "/healthz");
    CHECK(join(api.services, " ") == "postgresql");
    CHECK(api.runtime.version_file == "package.json");
    CHECK(node(R"({"scripts":{"start":"nodemon x.js","test":"vitest"},"dependencies":{"express":"5"}})").serve.empty());
    CHECK(node(R"({"scripts":{"start":"node x.js","test":"vitest"}})", {{"x.js", "http.createServer(f)"}}).kind ==
          fairlead::init::Kind::service);
    CHECK(node(R"({"name":"express","scripts":{"test":"mocha"}})").kind == fairlead::init::Kind::library);
}

TEST_CASE("members of a workspace are parts where the root's command tells no report") {
    const Texts texts = {{"package.json", R"({"workspaces":["packages/*"],"scripts":{"test":"turbo run test"}})"},
                         {"package-lock.json", ""},
                         {"packages/a/package.json", R"({"scripts":{"test":"vitest run"}})"},
                         {"packages/a/starter/package.json", R"({"scripts":{"build":"vite build"}})"},
                         {"packages/b/package.json", R"({"scripts":{"test":"mocha"}})"}};
    const auto project = found(texts);
    REQUIRE(project.components.size() == 3);
    CHECK_FALSE(project.components[0].test);
    CHECK(project.components[1].name == "a");
    CHECK(commands(project.components[1].install) == "npm --prefix ../.. ci\n");
    CHECK(evidence(project.components[2]) == "tests=packages/b/reports/junit.xml ");
    auto one = texts;
    one["package.json"] = R"({"workspaces":["packages/*"],"scripts":{"test":"vitest run"}})";
    CHECK(found(one).components.size() == 1);
}

TEST_CASE("a package.json of tools beside another language makes no part") {
    const auto project = found({{"package.json", R"({"devDependencies":{"prettier":"3"}})"}, {"go.mod", "module a\n"}});
    REQUIRE(project.components.size() == 1);
    CHECK(project.components[0].language == Language::go);
}

TEST_CASE("a release of Node's is installed without what only developers need, unless it is built there") {
    const std::string start = R"("start":"node server.js","test":"vitest")",
                      needs = R"("dependencies":{"express":"5"})";
    CHECK(commands(node(R"({"scripts":{)" + start + "}," + needs + "}", {{"package-lock.json", ""}}).prepare) ==
          "npm ci --omit=dev\n");
    CHECK(commands(node(R"({"scripts":{"build":"tsc",)" + start + "}," + needs + "}", {{"package-lock.json", ""}})
                       .prepare) == "npm ci\nnpm run build\n");
}

TEST_CASE("a script that runs other folders' scripts is given no flags") {
    const auto many = node(R"({"scripts":{"test":"pnpm -r run unit && vitest run"}})");
    CHECK(commands(many.test) == "npm run test\n");
    CHECK(evidence(many).empty());
}
