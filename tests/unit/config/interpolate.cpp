#include "base/secrets/secret.h"
#include "config/config.h"
#include "report/formats.h"
#include "support/catch.h"
#include "sys/files/files.h"

using namespace fairlead;

namespace {

const Field interpolated_fields[] = {
    {"text", Type::text, ""}, {"keep", Type::integer, ""}, {"list", Type::text_list, ""}};

Result<config::Config> load_interpolated(const std::string& text, const std::string& environment = "") {
    auto folder = sys::TemporaryFolder::make("config test ");
    REQUIRE(folder.ok());
    const std::string declared =
        "env: {variables: [A, UNSET, EMPTY, N, HOST, NOT_SET, DECLARED_URL, DECLARED_TOKEN]}\n";
    REQUIRE(sys::write_file(folder->path() / "fairlead.yml",
                            text + (("\n" + text).find("\nenv:") == text.npos ? declared : ""))
                .ok());
    const sys::Environment process({{"A", "one"},
                                    {"EMPTY", ""},
                                    {"N", "3"},
                                    {"DATABASE_URL", "postgres://hidden"},
                                    {"DECLARED_URL", "https://user:pass-word@h"},
                                    {"DECLARED_TOKEN", "t"},
                                    {"GITHUB_SHA", "abc"},
                                    {"GITHUB_TOKEN", "ghs_of-the-job"},
                                    {"OTHER", "x"},
                                    {"GITHUB_WORKSPACE", "/w"},
                                    {"COPY", "ghs_of-the-job"}});
    return config::load({.path = "fairlead.yml",
                         .folder = folder->path().string(),
                         .environment = &process,
                         .environment_name = environment,
                         .tool = "deploy",
                         .fields = interpolated_fields});
}

std::string text_of(const std::string& value) {
    const auto loaded = load_interpolated("deploy: {text: " + value + "}\n");
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
    CHECK(load_interpolated("deploy: {keep: '${N}'}\n").value().section("deploy")["keep"].integer(0) == 3);
    CHECK(report::describe(load_interpolated("deploy: {keep: '${A}'}\n").error())
              .starts_with("fairlead.yml:1:16: deploy.keep: 'one' is not a whole number"));
    CHECK(load_interpolated("deploy: {list: ['${A}', b]}\n").value().section("deploy")["list"].texts() ==
          std::vector<std::string>{"one", "b"});
}

TEST_CASE("what looks like a variable after all were put in is checked as text") {
    CHECK(load_interpolated("deploy: {text: '$${A}'}\n").value().section("deploy")["text"].text() == "${A}");
    CHECK(report::describe(load_interpolated("deploy: {keep: '$${A}'}\n").error())
              .starts_with("fairlead.yml:1:16: deploy.keep: '${A}' is not a whole number"));
}

TEST_CASE("only the environment that was asked for needs its variables") {
    const std::string text =
        "environments:\n  staging: {url: 'https://${HOST}'}\n  production: {url: 'https://${A}'}\n";
    CHECK(load_interpolated(text).ok());
    CHECK(load_interpolated(text, "production").value().environment("production")["url"].text() == "https://one");
    CHECK(report::describe(load_interpolated(text, "staging").error())
              .starts_with("fairlead.yml:2:27: variable HOST is not set"));
}

TEST_CASE("a secret is never put into the file") {
    const std::string secrets = "environments: {production: {env: {secrets: [DATABASE_URL]}}}\n";
    const auto loaded = load_interpolated(secrets + "deploy: {text: '${DATABASE_URL}'}\n");
    REQUIRE_FALSE(loaded.ok());
    CHECK(loaded.error().message.starts_with(
        "DATABASE_URL is a secret (env.secrets), which no value may contain; write its name"));
    CHECK(loaded.error().message.find("hidden") == std::string::npos);
}

namespace {

std::string refusal(const std::string& value, const std::string& more = "") {
    const auto loaded = load_interpolated("deploy: {text: '" + value + "'}\n" + more);
    return loaded.ok() ? "" : report::describe(loaded.error());
}

}

TEST_CASE("a file takes from outside only what it declares, and what tells which run this is") {
    CHECK(refusal("x ${OTHER}")
              .starts_with("fairlead.yml:1:19: variable OTHER is not declared, so this file may not use it; write env: "
                           "{variables: [OTHER]} at the top of the file"));
    CHECK(refusal("${OTHER:-default}").find("is not declared") != std::string::npos);
    CHECK(refusal("${NOWHERE:-default}").find("is not declared") != std::string::npos);
    CHECK(text_of("'${GITHUB_SHA}'") == "abc");
    CHECK(text_of("'${CI:-no}'") == "no");
    const std::string own = "environments: {staging: {env: {variables: OTHER}}, production: {profile: production}}\n";
    const std::string text = "deploy: {text: '${OTHER}'}\n" + own;
    CHECK(load_interpolated(text, "staging").value().section("deploy")["text"].text() == "x");
    CHECK_FALSE(load_interpolated(text, "production").ok()); // declared for another environment
}

TEST_CASE("no value holds what is the runner's or sounds secret, whoever declares it") {
    for (const std::string name : {"GITHUB_TOKEN", "GITHUB_WORKSPACE", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_CACHE_URL",
                                   "RUNNER_TEMP", "INPUT_CONFIG", "CI_JOB_TOKEN"}) {
        CHECK(refusal("${" + name + ":-}").find(name + " belongs to the job's runner") != std::string::npos);
        CHECK(refusal("x", "env: {variables: [" + name + "]}\n").find("belongs to the job's runner") !=
              std::string::npos);
        CHECK(refusal("x", "environments: {a: {env: {variables: " + name + "}}}\n").find("belongs to") !=
              std::string::npos);
        CHECK(refusal("x", "environments: {a: {env: {secrets: [" + name + "]}}}\n").find("belongs to") !=
              std::string::npos);
    }
    CHECK(refusal("${DECLARED_TOKEN}").find("DECLARED_TOKEN sounds like a secret, which no value") !=
          std::string::npos);
    CHECK(refusal("${DECLARED_URL}").find("DECLARED_URL holds a secret, which no value") != std::string::npos);
    CHECK(refusal("${DECLARED_URL}").find("pass-word") == std::string::npos);
    const Secret token("ghs_of-the-job"); // as every tool registers it
    CHECK(refusal("${COPY}", "env: {variables: [COPY]}\n").find("COPY holds a secret") != std::string::npos);
    CHECK(refusal("x", "env: {variables: ['A B']}\n").find("'A B' is not the name of a variable") != std::string::npos);
}
