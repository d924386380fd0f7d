#include "attest/policy.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::attest;

namespace {

const std::string file = "version: 1\napp: shop\ngate: {tests: {min: 3}, max_warnings: 5}\n"
                         "environments: {live: {url: 'https://a.example', gate: {max_warnings: 2}}, test: {}}\n";

config::Config loaded(const std::string& text) {
    return config::load_text(text, "fairlead.yml", {.path = "", .folder = "/w"}).value();
}
std::string digest(const std::string& text, const char* environment = "",
                   std::map<std::string, std::string> given = {}) {
    return policy_digest(loaded(text), "gate", environment, given).value();
}

}

TEST_CASE("a policy's digest is that of its meaning: neither order nor blanks nor comments count") {
    CHECK(digest(file).size() == 64);
    CHECK(digest(file) == digest(replace_all(file, "{tests: {min: 3}, max_warnings: 5}",
                                             "{max_warnings:   5, # no more\n  tests: {min: 3}}")));
    CHECK(digest(file) == digest(file + "smoke: {checks: [{get: /}]}\n")); // another tool's
}

TEST_CASE("whatever decides the verdict changes the digest") {
    CHECK(digest(file) != digest(replace_all(file, "min: 3", "min: 2")));
    CHECK(digest(file) != digest(file, "live"));
    CHECK(digest(file, "live") != digest(replace_all(file, "max_warnings: 2", "max_warnings: 9"), "live"));
    CHECK(digest(file, "live") != digest(replace_all(file, "a.example", "b.example"), "live"));
    CHECK(digest(file, "live") != digest(replace_all(file, "live: {", "live: {profile: staging, "), "live"));
    CHECK(digest(file, "live") != digest(file, "test"));
    const std::string waived = file + "waivers: [{id: W, rule: gate/x, owner: a, reason: b, expires: 2026-01-01}]\n";
    CHECK(digest(file) != digest(waived));
    CHECK(digest(file) != digest(file + "max_waiver_days: 300\n"));
    CHECK(digest(file) != digest(file, "", {{"max-warnings", "9"}}));
    CHECK(digest(file, "", {{"max-warnings", "8"}}) != digest(file, "", {{"max-warnings", "9"}}));
}

TEST_CASE("where nothing is said about evidence, the usual variable and folder count") {
    const auto usual = read_evidence_settings(loaded(file));
    CHECK(usual.key_env == "FAIRLEAD_EVIDENCE_KEY");
    CHECK(usual.store == ".fairlead/evidence");
    CHECK_FALSE(usual.is_there);
    const auto own = read_evidence_settings(loaded(file + "evidence: {key_env: TEAM_KEY, store: proofs}\n"));
    CHECK(own.key_env == "TEAM_KEY");
    CHECK(own.store == "proofs");
    CHECK(own.is_there);
}
