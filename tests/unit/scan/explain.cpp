#include "scan/explain.h"
#include "scan/rules/rule.h"
#include "scan/verdict.h"
#include "support/catch.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::scan;

namespace {

std::string text_of(const std::vector<std::string>& ids, const gitleaks::Configuration& configuration = {}) {
    const auto report = explanation_of(ids, configuration);
    REQUIRE(report.ok());
    return report->text;
}

gitleaks::Configuration with_rule(const std::string& id, const std::string& description) {
    gitleaks::Configuration configuration;
    configuration.file = ".gitleaks.toml";
    configuration.rules.push_back({.id = id, .description = description, .regex = {}, .path = {}});
    return configuration;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}

TEST_CASE("every built-in rule is explained with its issuer, its page and the comment that silences it") {
    for (const Rule* rule : rules()) {
        INFO(rule->id);
        const std::string id(rule->id), text = text_of({id});
        CHECK(has(text, "Issued by "));
        CHECK(has(text, "Revoke it at: "));
        CHECK(has(text, "fairlead: ignore[" + id + "]"));
        CHECK(has(text, "docs/scan-rules.md#" + id));
        CHECK(has(text, "Revoke it first"));
    }
}

TEST_CASE("each token of GitLab is revoked where GitLab has it") {
    constexpr std::pair<const char*, std::string_view> places[] = {
        {"gitlab-oauth-app-secret", "Applications"},
        {"gitlab-kubernetes-agent-token", "Operate > Kubernetes clusters"},
        {"gitlab-feature-flag-client-token", "Deploy > Feature flags"},
        {"gitlab-scim-token", "Settings > SAML SSO"},
        {"gitlab-feed-token", "-/user_settings/personal_access_tokens"},
        {"gitlab-incoming-mail-token", "-/user_settings/personal_access_tokens"},
        {"gitlab-deploy-token", "Settings > Repository > Deploy tokens"},
        {"gitlab-cicd-job-token", "ends with its job"},
        {"gitlab-ptt", "Pipeline trigger tokens"},
        {"anthropic-admin-api-key", "/settings/admin-keys"},
        {"openai-api-key", "/settings/organization/admin-keys"}};
    for (const auto& [rule, place] : places) {
        INFO(rule);
        CHECK(has(text_of({rule}), place));
    }
}

TEST_CASE("what to do after a push is told once for several rules") {
    const std::string text = text_of({"npm-access-token", "jwt"});
    const auto first = text.find("If it was pushed");
    REQUIRE(first != std::string::npos);
    CHECK(text.find("If it was pushed", first + 1) == std::string::npos);
}

TEST_CASE("a rule of no secret is explained by its section, without what to do after a push") {
    const std::string text = text_of({"scan/unread"});
    CHECK(has(text, "docs/scan.md#scan-unread"));
    CHECK_FALSE(has(text, "Revoke"));
}

TEST_CASE("a rule may be written as waivers write it, but only if there is such a rule") {
    CHECK(has(text_of({"scan/jwt"}), "jwt: JSON Web Token"));
    CHECK(has(text_of({"scan/own"}, with_rule("own", "Our token")), "own: Our token"));
    const auto unknown = explanation_of({"scan/jwtt"}, {});
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().message == "rule 'scan/jwtt' is unknown; fairlead-scan rules lists the rules");
}

TEST_CASE("a rule of gitleaks' configuration is explained with its description and its file") {
    const std::string text = text_of({"acme-key"}, with_rule("acme-key", "Key of Acme"));
    CHECK(has(text, "acme-key: Key of Acme\n  A rule of .gitleaks.toml.\n"));
    CHECK_FALSE(has(text, "docs/scan-rules.md#acme-key"));
    CHECK(has(text_of({"bare"}, with_rule("bare", "")), "bare: A secret\n"));
}

TEST_CASE("a rule of the configuration with the id of a built-in one has the issuer of that") {
    CHECK(has(text_of({"npm-access-token"}, with_rule("npm-access-token", "A copy")), "Issued by npm."));
}

TEST_CASE("an unknown rule is refused with the nearest one, also of the configuration") {
    const auto refused = explanation_of({"acme-kay"}, with_rule("acme-key", ""));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::usage);
    CHECK(refused.error().message == "rule 'acme-kay' is unknown; did you mean acme-key?");
}

TEST_CASE("explain without a rule is refused") { CHECK_FALSE(check_explained({}).ok()); }

TEST_CASE("each rule that finds no secret says why there is such a finding, and what to do") {
    std::size_t rules = 0;
    for (const report::Rule& rule : report_rules()) {
        if (!rule.id.starts_with("scan/")) continue;
        INFO(rule.id);
        const std::string text = text_of({std::string(rule.id)});
        CHECK(std::count(text.begin(), text.end(), '\n') == 4);
        CHECK(has(text, "docs/scan.md#"));
        ++rules;
    }
    CHECK(rules == 5);
}

TEST_CASE("what can be verified says so, and an identifier opens nothing") {
    CHECK(has(text_of({"github-pat"}), "fairlead-scan --verify"));
    CHECK_FALSE(has(text_of({"private-key"}), "--verify"));
    CHECK(has(text_of({"discord-client-id"}), "Alone it opens nothing"));
    CHECK(has(text_of({"discord-client-id"}), "but the scan passes"));
    CHECK_FALSE(has(text_of({"discord-client-secret"}), "Alone it opens nothing"));
    CHECK(has(text_of({"weak-password"}), "but the scan passes"));
    CHECK(has(text_of({"weak-password"}), "In the wrong hands it opens that service."));
    CHECK_FALSE(has(text_of({"settings-password"}), "but the scan passes"));
}
