#include "config/config.h"
#include "report/formats.h"
#include "support/catch.h"
#include "sys/files.h"

using namespace fairlead;

namespace {

const Field fields[] = {{"text", Type::text, ""}, {"keep", Type::integer, ""}, {"list", Type::text_list, ""}};

Result<config::Config> load(const std::string& text, const std::string& environment = "") {
    auto folder = sys::TemporaryFolder::make("config test ");
    REQUIRE(folder.ok());
    REQUIRE(sys::write_file(folder->path() / "fairlead.yml", text).ok());
    const sys::Environment process({{"A", "one"}, {"EMPTY", ""}, {"N", "3"}, {"DATABASE_URL", "postgres://hidden"}});
    return config::load({.path = "fairlead.yml",
                         .folder = folder->path().string(),
                         .environment = &process,
                         .environment_name = environment,
                         .tool = "deploy",
                         .fields = fields});
}

std::string text_of(const std::string& value) {
    const auto loaded = load("deploy: {text: " + value + "}\n");
    if (!loaded.ok()) return report::describe(loaded.error());
    return loaded.value().section("deploy")["text"].text();
}

}

TEST_CASE("variables are put into values") {
    CHECK(text_of("'${A}'") == "one");
    CHECK(text_of("'a ${A} b ${A} c'") == "a one b one c");
    CHECK(text_of("'${UNSET:-two}'") == "two");
    CHECK(text_of("'${EMPTY:-two}'") == "two");
    CHECK(text_of("'${UNSET:-}'").empty());
    CHECK(text_of("'${A:?must be set}'") == "one");
}

TEST_CASE("a lone dollar is literal and $${ escapes") {
    CHECK(text_of("'costs $5 and $A'") == "costs $5 and $A");
    CHECK(text_of("'$${A}'") == "${A}");
    CHECK(text_of("'$$${A}'") == "$${A}");
}

TEST_CASE("a variable that is not set is an error at its place") {
    CHECK(text_of("'x ${UNSET}'")
              .starts_with("fairlead.yml:1:19: variable UNSET is not set; set it, or write ${UNSET:-default}\n"));
    CHECK(text_of("'${UNSET:?ask the admin}'")
              .starts_with("fairlead.yml:1:17: variable UNSET is not set: ask the admin\n"));
    CHECK(text_of("'${EMPTY}'").find("variable EMPTY is not set") != std::string::npos);
}

TEST_CASE("what looks like an interpolation and is none is refused") {
    CHECK(text_of("'${A'").find("'${' has no closing '}'") != std::string::npos);
    CHECK(text_of("'${A B}'").find("'${A B}' is not understood; write ${NAME}") != std::string::npos);
    CHECK(text_of("'${A:+x}'").find("is not understood") != std::string::npos);
    CHECK(text_of("'${}'").find("is not understood") != std::string::npos);
    CHECK(text_of("'${NOT_SET:-${A}}'").find("'${NOT_SET:-${A}' is not understood") != std::string::npos);
}

TEST_CASE("what was put in is checked like what was written") {
    CHECK(load("deploy: {keep: '${N}'}\n").value().section("deploy")["keep"].integer(0) == 3);
    CHECK(report::describe(load("deploy: {keep: '${A}'}\n").error())
              .starts_with("fairlead.yml:1:16: deploy.keep: 'one' is not a whole number"));
    CHECK(load("deploy: {list: ['${A}', b]}\n").value().section("deploy")["list"].texts() ==
          std::vector<std::string>{"one", "b"});
}

TEST_CASE("what looks like a variable after all were put in is checked as text") {
    CHECK(load("deploy: {text: '$${A}'}\n").value().section("deploy")["text"].text() == "${A}");
    CHECK(report::describe(load("deploy: {keep: '$${A}'}\n").error())
              .starts_with("fairlead.yml:1:16: deploy.keep: '${A}' is not a whole number"));
}

TEST_CASE("only the environment that was asked for needs its variables") {
    const std::string text =
        "environments:\n  staging: {url: 'https://${HOST}'}\n  production: {url: 'https://${A}'}\n";
    CHECK(load(text).ok());
    CHECK(load(text, "production").value().environment("production")["url"].text() == "https://one");
    CHECK(report::describe(load(text, "staging").error()).starts_with("fairlead.yml:2:27: variable HOST is not set"));
}

TEST_CASE("a secret is never put into the file") {
    const std::string secrets = "environments: {production: {env: {secrets: [DATABASE_URL]}}}\n";
    const auto loaded = load(secrets + "deploy: {text: '${DATABASE_URL}'}\n");
    REQUIRE_FALSE(loaded.ok());
    CHECK(loaded.error().message.starts_with(
        "DATABASE_URL is a secret (env.secrets); a secret is referenced by its name"));
    CHECK(loaded.error().message.find("hidden") == std::string::npos);
}
