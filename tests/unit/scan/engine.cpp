#include "scan/engine.h"
#include "base/text.h"
#include "scan/rules/check.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::scan;

namespace {

const std::string engine_token = sample("gh|p_SbXOIkDj8Q6xzR8t8JDvTNsLAbgZJ51A1HT7");

Engine engine_with(std::vector<std::string> allow = {}) {
    auto made = Engine::make({rules().begin(), rules().end()}, allow);
    REQUIRE(made.ok());
    return std::move(made).value();
}

std::vector<Hit> find(Engine& engine, std::string_view text, Guess guess = Guess::yes) {
    auto hits = engine.find(text, guess);
    REQUIRE(hits.ok());
    return std::move(hits).value();
}

}

TEST_CASE("a hit is the secret itself, without its name, quotes and delimiter") {
    Engine engine = engine_with();
    const std::string text = "a\nkey = '" + engine_token + "';\n";
    const auto hits = find(engine, text);
    REQUIRE(hits.size() == 1);
    CHECK(text.substr(hits[0].begin, hits[0].end - hits[0].begin) == engine_token);
}

TEST_CASE("a specific rule wins over the guess at the same place") {
    Engine engine = engine_with();
    const auto hits = find(engine, "auth_token: \"" + engine_token + "\"");
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].rule->id == "github-pat");
}

TEST_CASE("every secret of a line is found, in the order of their places") {
    Engine engine = engine_with();
    const std::string other = sample("gh|o_dJ3MZ38w7x2N0DAY0UYmtOgJxYxsWQ2NZX5X");
    const auto hits = find(engine, other + " " + engine_token + " " + engine_token);
    REQUIRE(hits.size() == 3);
    CHECK(hits[0].rule->id == "github-oauth");
    CHECK(hits[1].begin < hits[2].begin);
}

TEST_CASE("a secret is found anywhere in a line of a megabyte, once") {
    Engine engine = engine_with();
    for (const std::size_t before : {0u, 3000u, 4096u, 500000u}) {
        std::string text;
        while (text.size() < before) text += "{token:1,b:[2]},";
        text += " " + engine_token + " ";
        while (text.size() < 1000000) text += "{token:1,b:[2]},";
        CHECK(find(engine, text).size() == 1);
    }
}

TEST_CASE("the value of a YAML block scalar stands in the next line") {
    Engine engine = engine_with();
    const std::string value = sample("KeYOYCfOMSrDfBQXn6|hRufV7");
    for (const auto* before : {"password: >-\n  ", "password: |\n    ", "  db_password: >2-   # why\r\n      ",
                               "\"api_key\": |+\n\n  ", "token: >\n\t"}) {
        INFO(before);
        const std::string text = std::string("a: 1\n") + before + value + "\nb: 2\n";
        const auto hits = find(engine, text);
        REQUIRE(hits.size() == 1);
        CHECK(text.substr(hits[0].begin, hits[0].end - hits[0].begin) == value);
    }
    CHECK(find(engine, "passwords:\n  " + value + "\n").empty());
    CHECK(find(engine, "run: |\n  " + value + "\n").empty());
    CHECK(find(engine, "password: >-\n  token: " + value + "\n").size() == 1);
    CHECK(find(engine, "password: >-").empty());
}

TEST_CASE("what an allow expression matches is no secret; a wrong expression is a usage error") {
    Engine engine = engine_with({"SbXOIkDj8Q6"});
    CHECK(find(engine, engine_token).empty());
    const auto wrong = Engine::make({}, {"(unclosed"});
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().kind == Kind::usage);
}

TEST_CASE("nothing is guessed in generated files, what is known is still found") {
    Engine engine = engine_with();
    const std::string guessed = sample("api_key = |\"KeYOYCfOMSrDfBQXn6hRufV7\"");
    CHECK(find(engine, guessed).size() == 1);
    CHECK(find(engine, guessed, Guess::no).empty());
    CHECK(find(engine, engine_token, Guess::no).size() == 1);
}

TEST_CASE("words, paths, identifiers and placeholders under a telling name are no secrets") {
    Engine engine = engine_with();
    for (const char* text :
         {"password = correct-horse-battery-staple-1", "token = self.client.NID_aes_256_cbc",
          "auth: https://example.org/rfc7662", "secret_path: /etc/ssl/private/key1.pem",
          "api_key: ${API_KEY_1_FROM_VAULT}", "api_key: your-api-key-0123456789", "key: v1.2.3-beta.4",
          "keyboard_layout = qwertz105deNodeadkeys2b", "KEY_2FA = 'settingUp2FAKey'", "('key1', 'valueForKey1')",
          "targetingKey: \"9b50ec88-ef92-4ad8-8d2e-46b4f4a5cb0a\"", "VAPID_KEY = 'BOgQVPOMzIMXUpsYGpbVkZoEBc0ifKY'",
          "RECAPTCHA_KEY = '6LcYcN0SAAAAABtMlxKj7X0hRxOY8_2U86kI1vbb'",
          "api.sha256=1c6ecab61943f19040a1c8b43ede60032eb0c83", "<trusted-key id=\"0315BFB7970A144F1B2C\"",
          "oauth_token=\"kd94hf93k423kf44\"", "SECRET_KEY = os.environ['SECRET_KEY_2']"}) {
        INFO(text);
        CHECK(find(engine, text).empty());
    }
    CHECK(find(engine, sample("RECAPTCHA_SECRET_KEY = '6LcYcN0SAA|AAABtMlxKj7X0hRxOY8_2U86kI1vbb'")).size() == 1);
}

TEST_CASE("entropy counts bits per byte") {
    CHECK(entropy("") == 0);
    CHECK(entropy("aaaa") == 0);
    CHECK(entropy("abcd") == 2);
}

TEST_CASE("identifiers are no secrets, hex of few letters is one") {
    const auto finds = [](std::string_view text) {
        Engine engine = engine_with();
        return !find(engine, text).empty();
    };
    CHECK_FALSE(finds("withCredentials: defaultToConfig2,"));
    CHECK_FALSE(finds("cancel_token = MyBigHandlerFactory42"));
    CHECK_FALSE(finds("tls.key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCi0tLS0tRU5EIFBSSVZBVEUgS0VZLS0tLS0="));
    CHECK(finds(sample("client_sec|ret = \"89601951-1263-3fbc-9227-ab02819b7dca\"")));
    CHECK(finds(sample("const string ApiKey = @\"KeYOYCfOMSrD|fBQXn6hRufV7\";")));
}

TEST_CASE("a token may begin with a letter that is no letter of a word") {
    const std::string key =
        sample("+GTd7FguoV8FWnFbB0JxXujr4qqaaABvvLOzAxzX|McU1vsHiQMaRiNTN9Ox98whGcTZc1UWb5fxz+A|StCq9wEA==");
    Engine engine = engine_with();
    const auto hits = find(engine, "AccountKey=" + key + ";x");
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].rule->id == "azure-storage-account-key");
}

TEST_CASE("a rule that knows the shape of a secret goes before one that takes any value") {
    Engine engine = engine_with();
    const auto hits = find(engine, sample("htt|ps://u:gh|p_J37jMawoPNKOiNN0nZbFMERV3kQN2d4YaEwM@github.com/o/r"));
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].rule->id == "github-pat");
}
