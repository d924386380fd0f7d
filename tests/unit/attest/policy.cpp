#include "attest/policy.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/files/files.h"

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

namespace {

const std::string public_key = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA%\n-----END PUBLIC KEY-----\n";

// Of a folder with two keys.
Result<std::vector<Key>> keys_of(const std::string& evidence) {
    const auto box = sys::TemporaryFolder::make("keys").value();
    for (const auto& [name, key] : {std::pair("team.pub", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
                                    std::pair("old.pub", "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=")})
        REQUIRE(sys::write_file(box.path() / name, replace_all(public_key, "%", key)).ok());
    const auto config = config::load_text("version: 1\nevidence: " + evidence + "\n", "fairlead.yml",
                                          {.path = "", .folder = box.path().string()});
    return read_evidence_keys(config.value(), parse_utc("2026-03-31T12:00:00Z").value());
}

}

TEST_CASE("a revoked key counts only before its day, whether it is named as a key or not") {
    const auto now = parse_utc("2026-03-31T12:00:00Z").value();
    const auto counting = [&](const std::string& evidence) {
        std::vector<std::string> names;
        const auto keys = keys_of(evidence).value();
        for (const auto& key : keys)
            if (refusal(key, now).empty()) names.push_back(key.name);
        return join(names, ",");
    };
    CHECK(counting("{keys: [team.pub, old.pub]}") == "team.pub,old.pub");
    CHECK(counting("{keys: [team.pub, old.pub], revoked: [{public_key: old.pub, since: 2026-03-31}]}") == "team.pub");
    CHECK(counting("{keys: [team.pub], revoked: [{public_key: old.pub, since: 2026-03-31}]}") == "team.pub");
    CHECK(counting("{keys: [team.pub], revoked: [{public_key: old.pub, since: 2026-04-01}]}") == "team.pub");
    CHECK(counting("{keys: [old.pub], revoked: [{public_key: old.pub, since: 2026-04-01}]}") == "old.pub (revoked)");
    CHECK(counting("{keys: [old.pub], revoked: [{public_key: old.pub, since: 2026-04-01}, {public_key: old.pub, since: "
                   "2026-01-01}]}")
              .empty());
    CHECK(counting("{keys: [old.pub], revoked: [{public_key: old.pub, since: 2026-01-01}, {public_key: old.pub, since: "
                   "2026-04-01}]}")
              .empty());
    const auto lost = keys_of("{revoked: [{public_key: old.pub, since: 2026-01-01, reason: a laptop}]}").value();
    REQUIRE(lost.size() == 1);
    CHECK(refusal(lost[0], now) == "'old.pub (revoked: a laptop)' was valid only before 2026-01-01T00:00:00.000Z");
}

TEST_CASE("a key that is named twice, or can't be read, is told at its place") {
    CHECK(keys_of("{keys: [team.pub, ./team.pub]}").error().message.find("the same key as another one") !=
          std::string::npos);
    const auto absent = keys_of("{keys: [nobody.pub]}").error();
    CHECK(absent.message.find("'nobody.pub' is not there") != std::string::npos);
    CHECK(absent.place.line == 2);
}
