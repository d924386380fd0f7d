#include "support/catch.h"
#include "unit/init/found.h"

using fairlead::join;
using namespace fairlead::init;

TEST_CASE("a crate's tests are libtest's own JUnit, and doc tests stand apart") {
    const auto library =
        only({{"Cargo.toml", "[package]\nname='a'\n"}, {"Cargo.lock", ""}, {"src/lib.rs", "#[test]\n"}});
    CHECK(library.kind == fairlead::init::Kind::library);
    CHECK(commands(library.install) == "cargo fetch --locked\n");
    CHECK(commands(library.test) == "mkdir -p reports\nsh -c cargo test --tests --no-fail-fast --quiet -- -Z "
                                    "unstable-options --format junit > reports/junit.xml\n");
    CHECK(library.test->variables[0].first == "RUSTC_BOOTSTRAP");
    CHECK(commands(library.lint) == "cargo test --doc\n");
    CHECK_FALSE(says(library, "no #[test]"));
}

TEST_CASE("the members of a Cargo workspace are one part") {
    const auto workspace = only({{"Cargo.toml", "[workspace]\nmembers=['a']\n"},
                                 {"a/Cargo.toml", "[package]\nname='a'\n"},
                                 {"a/src/lib.rs", ""},
                                 {"examples/x/Cargo.toml", "[package]\nname='x'\n"},
                                 {"rustfmt.toml", ""}});
    CHECK(commands(workspace.test).find("cargo test --workspace --tests") != std::string::npos);
    CHECK(commands(workspace.lint) == "cargo fmt --all --check\ncargo test --workspace --doc\n");
    CHECK(says(workspace, "no #[test] was found"));
}

TEST_CASE("a main.rs is a program, and a service with a server's crate") {
    CHECK(only({{"Cargo.toml", "[package]\nname='hexyl'\n[dependencies]\nclap='4'\n"}, {"src/main.rs", ""}}).kind ==
          fairlead::init::Kind::program);
    const auto own =
        only({{"Cargo.toml", "[package]\nname='guests'\n"}, {"src/main.rs", "env::var(\"FAIRLEAD_SOCKET\")"}});
    CHECK(join(own.serve, " ") == "./target/release/guests");
    CHECK_FALSE(says(own, "let the program listen there"));
    const auto service = only({{"Cargo.toml", "[package]\nname='zero2prod'\n[[bin]]\nname='zero2prod'\npath='src/"
                                              "main.rs'\n[dependencies]\nactix-web='4'\nsqlx={version='0.8'}\n"},
                               {"src/main.rs", ".route(\"/health_check\", get())"}});
    CHECK(service.kind == fairlead::init::Kind::service);
    CHECK(service.framework == "actix-web");
    CHECK(join(service.serve, " ") == "./target/release/zero2prod");
    CHECK(service.health == "/health_check");
    CHECK(join(service.services, " ") == "postgresql");
}
