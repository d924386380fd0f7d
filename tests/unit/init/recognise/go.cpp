#include "support/catch.h"
#include "unit/init/found.h"

using fairlead::join;
using namespace fairlead::init;

TEST_CASE("a module of Go is tested with reports") {
    const auto library = only({{"go.mod", "module example.org/chi/v5\n\ngo 1.22\n"},
                               {"mux.go", "package chi\n"},
                               {"mux_test.go", "package chi\n"},
                               {"_examples/a/main.go", "package main\nfunc main() { http.ListenAndServe() }\n"}});
    CHECK(library.kind == fairlead::init::Kind::library);
    CHECK(library.runtime.version_file == "go.mod");
    CHECK(commands(library.test)
              .find("--junitfile reports/junit.xml --post-run-command go run github.com/jandelgado/gcov2lcov@") !=
          std::string::npos);
    CHECK(commands(library.test).ends_with("-- -coverprofile=reports/coverage.out ./...\n"));
    CHECK(evidence(library) == "tests=reports/junit.xml coverage=reports/lcov.info ");
    CHECK_FALSE(library.build);
}

TEST_CASE("a main package that listens is a service, another one a program") {
    const auto api =
        only({{"go.mod", "module example.org/shop/v2\nrequire github.com/jackc/pgx/v5 v5.1.0\n"},
              {"cmd/migrate/main.go", "package main\n"},
              {"cmd/server/main.go", "// x\npackage main\nfunc main() { http.ListenAndServe(\":80\", nil) }\n"},
              {"api/routes.go", "package api\nmux.HandleFunc(\"GET /healthz\", ok)\n"}});
    CHECK(api.kind == fairlead::init::Kind::service);
    CHECK(commands(api.build) == "go build -o bin/server ./cmd/server\n");
    CHECK(join(api.serve, " ") == "./bin/server");
    CHECK(api.health == "/healthz");
    CHECK(join(api.services, " ") == "postgresql");
    CHECK(says(api, "there are 2 main packages; cmd/server is assumed"));
    CHECK(says(api, "$FAIRLEAD_SOCKET"));
    CHECK(only({{"go.mod", "module a\n"}, {"main.go", "package main\nimport \"net/http\"\nserver.Serve(listener)\n"}})
              .kind == fairlead::init::Kind::service);
    const auto tool = only({{"go.mod", "module example.org/hexa\n"},
                            {"main.go", "package main\n"},
                            {"gen.go", "//go:build ignore\npackage main\nhttp.Serve("}});
    CHECK(tool.kind == fairlead::init::Kind::program);
    CHECK(commands(tool.build) == "go build -o bin/hexa .\n");
    CHECK(says(tool, "no *_test.go was found"));
    CHECK(commands(only({{"go.mod", "module example.org/shop/v2\n"}, {"main.go", "package main\n"}}).build) ==
          "go build -o bin/shop .\n");
}

TEST_CASE("what is embedded and not in git is told") {
    const Texts texts = {{"go.mod", "module a\n"},
                         {"ui/serve.go", "package ui\n//go:embed build/*\nvar box embed.FS\n"}};
    CHECK(says(only(texts), "ui/serve.go embeds ui/build, which is not in git"));
    auto there = texts;
    there["ui/build/index.html"] = "";
    CHECK_FALSE(says(only(there), "embeds"));
}
