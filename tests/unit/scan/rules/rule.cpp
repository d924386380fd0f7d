#include "base/text.h"
#include "scan/engine.h"
#include "support/catch.h"
#include <algorithm>
#include <set>

using namespace fairlead;
using namespace fairlead::scan;

namespace {

std::vector<const Rule*> all_rules() { return {rules().begin(), rules().end()}; }

std::vector<std::string> ids_found(Engine& engine, std::string_view text, std::string_view path = {}) {
    std::vector<std::string> ids;
    auto hits = engine.find(text, Guess::yes, path);
    REQUIRE(hits.ok());
    for (const Hit& hit : hits.value()) ids.emplace_back(hit.rule->id);
    return ids;
}

}

TEST_CASE("every rule finds its own hits, once each and under its own id") {
    auto engine = Engine::make(all_rules(), {});
    REQUIRE(engine.ok());
    for (const Rule* rule : rules()) {
        REQUIRE_FALSE(rule->hits[0].empty());
        for (const std::string_view hit : rule->hits) {
            if (hit.empty()) continue;
            // Where a rule is for certain files, its line may be all of the line.
            const bool everywhere = rule->files[0].empty();
            const std::string text = everywhere ? "first line\n  " + sample(hit) + "\nlast line\n" : sample(hit);
            INFO(rule->id << ": " << text);
            CHECK(ids_found(engine.value(), text, rule->files[0]) == std::vector<std::string>{std::string(rule->id)});
            if (rule->files[0].starts_with('/')) // at the top of the repository nothing stands before it
                CHECK(ids_found(engine.value(), text, rule->files[0].substr(1)) == std::vector{std::string(rule->id)});
            const auto elsewhere = ids_found(engine.value(), text, "src/main.c");
            CHECK((everywhere || std::count(elsewhere.begin(), elsewhere.end(), rule->id) == 0));
        }
    }
}

TEST_CASE("no rule finds its own misses") {
    for (const Rule* rule : rules()) {
        auto engine = Engine::make({rule}, {});
        REQUIRE(engine.ok());
        REQUIRE_FALSE(rule->misses[0].empty());
        for (const std::string_view miss : rule->misses) {
            if (miss.empty()) continue;
            INFO(rule->id << ": " << sample(miss));
            CHECK(ids_found(engine.value(), sample(miss), rule->files[0]).empty());
        }
    }
}

TEST_CASE("rules have unique ids, lower-case keywords and samples that no scanner stops at") {
    auto engine = Engine::make(all_rules(), {});
    REQUIRE(engine.ok());
    std::set<std::string_view> ids;
    for (const Rule* rule : rules()) {
        INFO(rule->id);
        CHECK(ids.insert(rule->id).second);
        CHECK_FALSE(rule->title.empty());
        REQUIRE_FALSE((rule->keywords[0].empty() && rule->files[0].empty()));
        for (const std::string_view keyword : rule->keywords) CHECK(lower(keyword) == keyword);
        for (const auto* samples : {&rule->hits, &rule->misses})
            for (const std::string_view text : *samples) CHECK(ids_found(engine.value(), text).empty());
    }
    CHECK(ids.size() >= 41);
}

TEST_CASE("a value is guessed at in every common way to write it, and its twin that gives none away is not") {
    auto engine = Engine::make(all_rules(), {});
    REQUIRE(engine.ok());
    const std::string value = sample("kJ8s9dFq|2LmZ7xQv");
    // %: the value, or what stands in its place
    for (const std::string_view form : {
             "define( 'DB_PASS|WORD', '%' );",
             "os.environ['API|_KEY'] = '%'",
             "config[\\\"api|_key\\\"] = \\\"%\\\"\\n\",",
             "ENV DB_PASS|WORD %",
             "  ARG NPM_TO|KEN=%",
             "export DB_PA|SS=%",
             "smtpPa|ss: '%',",
             "curl -H \"Authori|zation: Bearer %\" https://api.acme.io/",
             "headers = {'Authori|zation': 'Bearer %'}",
             "-H 'X-Api-K|ey: %'",
             "curl -u bob:% https://api.acme.io/",
             "curl --user 'bob:%' https://api.acme.io/",
             "CREATE USER bob WITH PASS|WORD '%';",
             "alter user 'bob'@'%%' identi|fied by '%';",
             "<pass|word>%</pass|word>",
             "<string name=\"api|_key\">%</string>",
             "<add key=\"Api|Key\" value=\"%\" />",
             "{\"name\": \"API|_KEY\", \"value\": \"%\"}",
             "props.setProperty(\"pass|word\", \"%\");",
             "pass|phrase: %",
             "deploy --pass|word % --host acme.io",
         }) {
        const auto with = [&](std::string_view text) {
            return replace_all(replace_all(sample(form), "%%", "#"), "%", std::string(text));
        };
        INFO(with(value));
        CHECK(ids_found(engine.value(), with(value)).size() == 1);
        for (const std::string_view twin :
             {"", "$DB_PASSWORD_1", "${DB_PASSWORD_1}", "{{ db_password_1 }}", "%DB_PW_1%", "<your-password-1>",
              "changeme-123456", "your-api-key-0123456789", "example1234abcd", "xxxxxxxxxxxx1x",
              "correct-horse-battery-1", "password123", "secretPassword42", "getPasswordFromVault(1)",
              "YOUR_API_KEY_1"}) {
            INFO(with(twin));
            CHECK(ids_found(engine.value(), with(twin)).empty());
        }
    }
}

TEST_CASE("what only looks like such a way is ordinary code") {
    auto engine = Engine::make(all_rules(), {});
    REQUIRE(engine.ok());
    for (const std::string_view text :
         {"\"AWS::EC2::EIPAss|ociation\": \"a267820d6250f189\",",
          "passe|dChecks: a267820d6250f189",
          "gpg --batch --recv-k|eys 409B6B1796C275462A1703113804BB82D39DC0E3",
          "ENV KE|YS 514102454D0A87DB0767A1EBBE6A0531C18A9179 B74417EDDF22AC9F9E90F49142237A98EE5A6139",
          "<keyna|me>EC9CCFF8901F0AA22191DCEDD619376246C066D0</keyname>",
          "// ke|y='A4A9406876FCBD3C456770C88C718D3B5072E1F5'",
          "ke|y => '84C2BE60E50E336456E4749CE84240474E26AE47'",
          "\"manifests/ke|y.pp\": \"3cf082ed91a3933ab7218d1be3464f4f\",",
          ".scribe/aut|h.md=28ebe1a458fda23c287d91c6f1f42935",
          "\"spec/ke|y_spec.rb\": \"7800c30647b1ddf799b991110109cba0\",",
          "<entry ke|y=\"Pixel_4a_API_30\" value=\"120\" />",
          "  ke|y: \"_setupEncryptionV1V2V4\",",
          "__all__ = [\"OAu|th\", \"DjangoOAuth1App\", \"DjangoOAuth2App\"]",
          "verify(\"https://acme.io/\", \"my-sec|ret-123\", \"qENA22U3zGY2ZhBPh9Tes+Fjt/SS8pjvL6d2Z0ZMTJk=\");",
          "aws apigateway get-stage --rest-ap|i-id 1a2b3c4d5e6f7g",
          "aws waf update --change-tok|en a9b8c7d6-e5f4-a3b2-c1d0-1a2b3c4d5e6f",
          "smee -u https://smee.io/Oj0ZkULovroxbFC6",
          "docker run -u 1000:1000 --user node:node app",
          ".keywords = {\"private k|ey\", \"ls0tls1crudjti\"},",
          "the pass|word 'kJ8s9dFq2LmZ7xQv' was a sample"}) {
        INFO(sample(text));
        CHECK(ids_found(engine.value(), sample(text)).empty());
    }
}

TEST_CASE("what everybody may see is no secret, however random") {
    auto engine = Engine::make(all_rules(), {});
    REQUIRE(engine.ok());
    for (const std::string_view text :
         {"JWT=\"e|yJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e|"
          "yJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2"
          "MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c\"",
          "ENV GPG_K|EY=A035C8C19219BA821ECEA86B64E628F8D684696D",
          "sitek|ey: \"6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI\"",
          "<code id=\"domain-verification-tok|en\">6YyZjsahYa6Y5nyQDaNakzRPBJ6wVMQwN2CDx</code>",
          "const tok|en = \"0xdAC17F958D2ee523a2206206994597C13D831ec7\";",
          "const k = \"sk_te|st_4eC39HqLyjWDarjtT1zdp7dc\""}) {
        INFO(sample(text));
        CHECK(ids_found(engine.value(), sample(text)).empty());
    }
    for (const std::string_view text :
         {"GPG_PASSPHR|ASE=kJ8s9dFq2LmZ7xQv",
          "const walletK|ey = \"0x4f3edf983ac636a65a842ce7c78d9aa706d3b113bce9c46f30d7d217"
          "15b23b1d\"",
          "const k = \"sk_te|st_9fK27QwLyjZXcrjtP4mnb3vs\""}) {
        INFO(sample(text));
        CHECK(ids_found(engine.value(), sample(text)).size() == 1);
    }
}
