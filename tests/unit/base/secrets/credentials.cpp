#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "support/catch.h"
#include <ctime>

using namespace fairlead;

// Each test brings secrets of its own: what is registered stays so. They are put together here, so that no scanner
// takes this file for a leak.
namespace {

std::string url(const std::string& credentials, const std::string& rest) {
    return "https:" + std::string("//") + credentials + "@" + rest;
}

bool shown(const std::string& text) { return mask(text) == text; }
bool all_hidden(const std::string& text) { return mask("<" + text + ">") == "<***>"; }

}

TEST_CASE("a name that tells of a secret is known in every spelling") {
    for (const auto* name : {"DB_PASSWORD",
                             "token",
                             "AWS_SECRET_ACCESS_KEY",
                             "AWS_ACCESS_KEY_ID",
                             "APIKEY",
                             "api_key",
                             "apiKey",
                             "X-Api-Key",
                             "X-Auth-Key",
                             "x-functions-key",
                             "X-Amz-Signature",
                             "access_token",
                             "X-Amz-Security-Token",
                             "sig",
                             "code",
                             "key",
                             "Authorization",
                             "Proxy-Authorization",
                             "Cookie",
                             "Set-Cookie",
                             "PGPASSWORD",
                             "DB_PASS",
                             "SENTRY_DSN",
                             "STRIPEKEY",
                             "csrftoken",
                             "clientSecret",
                             "private-key",
                             "jwt",
                             "session",
                             "PGPASS",
                             "SSH_PRIVATE",
                             "GPG_PRIVATE",
                             "SIGNING_PEM",
                             "DEPLOY_PAT",
                             "SLACK_WEBHOOK",
                             "SLACK_WEBHOOK_URL",
                             "VAULT_UNSEAL",
                             "KUBECONFIG_DATA",
                             "X_GITLAB_TOKEN"})
        CHECK(sounds_secret(name));
    for (const auto* name : {"PORT",
                             "KEYBOARD",
                             "MONKEY",
                             "TOKENS_PER_PAGE",
                             "PASSENGER_ENV",
                             "BYPASS",
                             "PATH",
                             "PATTERN",
                             "PATCH",
                             "COMPASS",
                             "PRIVATE_SUBNET",
                             "WEBHOOK_PORT",
                             "KUBECONFIG",
                             "KUBECONFIG_FILE",
                             "PEM_FILE",
                             "PUBLIC_KEY",
                             "CLERK_PUBLISHABLE_KEY",
                             "publicKey",
                             "SORT_KEY",
                             "TOKEN_TTL",
                             "KEY_FILE",
                             "TOKEN_URL",
                             "PASSWORD_MIN_LENGTH",
                             "page",
                             "Sec-WebSocket-Key",
                             "author",
                             "Content-Type",
                             "token_env",
                             "encoding",
                             "",
                             "_"})
        CHECK_FALSE(sounds_secret(name));
}

TEST_CASE("a telling name is believed only where the value can be a secret") {
    CHECK(is_secret("token", "abcd"));
    CHECK(is_secret("key", "abcdefgh"));
    CHECK(is_secret("password", "123456"));
    for (const auto* value :
         {"", "1", "abc", "true", "False", "8080", "65535", "none", "***", "${TOKEN}", "Bearer ${TOKEN}"})
        CHECK_FALSE(is_secret("token", value));
    CHECK_FALSE(is_secret("key", "name")); // sorted by
    CHECK_FALSE(is_secret("code", "404"));
    CHECK_FALSE(is_secret("page", "token"));
    CHECK_FALSE(is_secret("CHAT_WEBHOOK_URL", "http://127.0.0.1:1341")); // its path is what is secret
    CHECK_FALSE(is_secret("CHAT_WEBHOOK_URL", "https://chat.example/api"));
    CHECK(is_secret("CHAT_WEBHOOK_URL", "https://chat.example/hooks/T01/B02"));
}

TEST_CASE("a URL's credentials are hidden, its rest is not") {
    const std::string password = "url-pw-" + std::string("1");
    register_url(url("ops-one:" + password, "host.example:8443/path?page=shown-page&token=shown-no-1&sort=key"));
    CHECK(all_hidden(password));
    CHECK(all_hidden(base64("ops-one:" + password)));
    CHECK(all_hidden("shown-no-1"));
    CHECK(shown("host.example:8443/path?page=shown-page&sort=key ops-one"));

    register_url(url("u:en%63oded%2Fpw-2", "host"));
    CHECK(all_hidden("en%63oded%2Fpw-2"));
    CHECK(all_hidden("encoded/pw-2"));
    register_url("https://host/cb#access_token=of-the-fragment&state=shown-state");
    CHECK(all_hidden("of-the-fragment"));
    CHECK(shown("shown-state"));
    register_url("https://host/?next=" + url("a:inner-password", "deep"));
    CHECK(all_hidden("inner-password"));
    register_url(url("a-token-of-20-letters", "host"));
    CHECK(all_hidden("a-token-of-20-letters"));
}

TEST_CASE("malformed URLs hide their credentials, too") {
    register_url("someone:no-schem@-pw@host.example");
    CHECK(all_hidden("no-schem@-pw"));
    register_url(url("u:sl/ash-pw-3", "host.example/x"));
    CHECK(all_hidden("sl/ash-pw-3"));
    register_url(url("u:bl ank-pw-4", "host.example/x"));
    CHECK(all_hidden("bl ank-pw-4"));
    register_url(url("u:p@t-pw-5", "host.example/x"));
    CHECK(all_hidden("p@t-pw-5"));
    register_urls_in("see '" + url("u:qu\"oted-pw-6", "host") + "'");
    CHECK(all_hidden("qu\"oted-pw-6"));
    register_url("someone@example.org");
    register_url("git@host:path/x");
    CHECK(shown("someone@example.org git@host:path/x"));
}

TEST_CASE("a password that everybody knows is hidden only where it is one") {
    register_url("postgres" + std::string("://") + "postgres:postgres@postgres/db");
    CHECK(shown("postgres is up"));
    CHECK(mask("at postgres:postgres@x") == "at ***@x");
}

TEST_CASE("headers hide what lets in") {
    register_header("Authorization: Bearer bearer-value-1");
    CHECK(all_hidden("bearer-value-1"));
    register_header("Proxy-Authorization", "Basic " + base64("user:basic-pw-2"));
    CHECK(all_hidden("basic-pw-2"));
    CHECK(all_hidden(base64("user:basic-pw-2")));
    register_header("x-functions-key: functions-key-3");
    CHECK(all_hidden("functions-key-3"));
    register_header("X-Auth-Key:auth-k4");
    CHECK(all_hidden("auth-k4"));
    register_header("Cookie: theme=dark; sid=cookie-val-5; other=\"quoted-cookie-6\"");
    CHECK(all_hidden("cookie-val-5"));
    CHECK(all_hidden("quoted-cookie-6"));
    CHECK(shown("theme=dark"));
    register_header("Set-Cookie: s=set-cookie-7; Path=/account; Expires=Wed, 21 Oct 2026; HttpOnly");
    CHECK(all_hidden("set-cookie-7"));
    CHECK(shown("/account Wed, 21 Oct 2026"));
    register_header("Location: /cb?code=location-code-8&lang=en");
    CHECK(all_hidden("location-code-8"));
    register_header("Location: //deploy:location-password-9@shop.example/");
    CHECK(all_hidden("location-password-9"));
    register_header("Location: /in?SAMLResponse=saml-response-10");
    CHECK(all_hidden("saml-response-10"));
    register_header("Referer: https://h/?api_key=referer-key-9");
    CHECK(all_hidden("referer-key-9"));
    register_header("Authorization", R"(Digest username="u10", realm="shown-realm", response="digest-10")");
    CHECK(all_hidden("digest-10"));
    CHECK(shown("shown-realm"));
    register_header("Content-Type: application/json");
    register_header("WWW-Authenticate: Bearer realm=\"shown-realm-2\"");
    CHECK(shown("application/json shown-realm-2"));
    register_header("");
    register_header(":");
    register_header("Authorization:");
}

TEST_CASE("a header without its colon, or with odd blanks, hides what lets in") {
    register_header("Authorization Bearer no-colon-1");
    CHECK(all_hidden("no-colon-1"));
    register_header("X-Api-Key=no-colon-2");
    CHECK(all_hidden("no-colon-2"));
    register_header("  Authorization :\tBearer   no-colon-3  ");
    CHECK(all_hidden("no-colon-3"));
    register_header("X Api Key no-colon-4");
    CHECK(all_hidden("no-colon-4"));
    register_header("Cookie session=no-colon-5");
    CHECK(all_hidden("no-colon-5"));
    register_header("Authorization\tBearer\tno-colon-6");
    CHECK(all_hidden("no-colon-6"));
}

TEST_CASE("variables and lines that nobody could read are looked at by name") {
    register_variable("API_TOKEN", "variable-1");
    register_variable("STAGE", "shown-stage");
    register_variable("DATABASE_URL", url("u:variable-pw-2", "db/x"));
    CHECK(all_hidden("variable-1"));
    CHECK(all_hidden("variable-pw-2"));
    CHECK(shown("shown-stage"));
    register_assignments(
        "a: [\n  token: \"assigned-1\" # why\nexport API_KEY='assigned-2'\n{\"password\": \"assigned-3\", "
        "\"user\": \"shown-user\"}\nurl: " +
        url("u:assigned-4", "h") + "\ntoken: ${NAME}\n- secret: assigned-5 # shown\n");
    register_assignments("- {get: \"/?api_key=assigned-6&page=token\", expect: 200}\npassword: assigned, with \"7\"");
    CHECK(mask("\"/?api_key=assigned-6&page=token\"") == "\"/?api_key=***&page=token\"");
    CHECK(all_hidden("assigned, with \"7\""));
    for (const int number : {1, 2, 3, 4, 5}) CHECK(all_hidden("assigned-" + std::to_string(number)));
    const std::string token = "ghp_" + std::string("Ky9Pf34qY6Nb3wWD25RQ4F5ZR3qa7y3gm1IL");
    register_assignments("allow: ['" + token + "(']\n");
    CHECK(all_hidden(token));
    CHECK(shown("shown-user NAME"));
}

TEST_CASE("credentials in URLs are hidden in place, short ones, too") {
    CHECK(hide_credentials("at " + url("u:p", "h/x") + ", " + url("u:q/", "h")) == "at https://***@h/x, https://***@h");
    CHECK(hide_credentials("https://h/?token=abcd&page=token&sig=12345678#x") ==
          "https://h/?token=***&page=token&sig=***#x");
    CHECK(hide_credentials("ssh://git@h/x://y") == "ssh://git@h/x://y");
    CHECK(hide_credentials("https://proxy/" + url("u:p", "h/?token=abcd")) == "https://proxy/https://***@h/?token=***");
    CHECK(hide_credentials("") == "");
}

TEST_CASE("a text that is made to be looked through for hours takes seconds") {
    for (const char* piece : {"://", "://a:b@", "a=:", "&", "@", "x=1&"}) {
        const auto begin = std::clock();
        std::string text = "http://x:/?";
        while (text.size() < 50'000) text += piece;
        register_assignments(text);
        CHECK_FALSE(hide_credentials(text).empty());
        INFO(piece);
        CHECK((std::clock() - begin) / CLOCKS_PER_SEC < 10);
    }
}

TEST_CASE("what a vendor gives out is hidden wherever it is said") {
    const auto token = std::string("ghp") + "_" + std::string(35, 'Q') + "7";
    CHECK(is_token(token));
    CHECK_FALSE(is_token("ghp_short1"));
    CHECK_FALSE(is_token("npm_config_userconfig_of_the_machine"));
    CHECK_FALSE(is_token("a-word-of-twenty-letters-and-more"));
    register_said("node server.js --x=" + token + ", or (" + std::string("glpat") + "-" + std::string(20, '5') + ").");
    CHECK(all_hidden(token));
    CHECK(all_hidden(std::string("glpat") + "-" + std::string(20, '5')));
    CHECK(shown("node server.js"));
}

TEST_CASE("tokens of several words and of letters alone are hidden, and what only begins so is not") {
    const std::string a32(32, 'a'), letters(34, 'x');
    const std::string tokens[] = {"S"
                                  "G." +
                                      std::string(22, 'q') + "." + std::string(43, 'r'),
                                  "h"
                                  "f_" +
                                      letters,
                                  "h"
                                  "vs." +
                                      std::string(95, 'C'),
                                  "shp"
                                  "at_" +
                                      a32,
                                  "wh"
                                  "sec_" +
                                      std::string(30, 'M') + "+/Ab==",
                                  "AS"
                                  "IA" +
                                      std::string(16, 'Q'),
                                  "S"
                                  "K" +
                                      std::string(32, 'b'),
                                  "123456789:A"
                                  "A" +
                                      std::string(33, 'h')};
    for (const auto& token : tokens) {
        INFO(token);
        CHECK(is_token(token));
        register_said("reason " + token + ", and more");
        CHECK(all_hidden(token));
    }
    for (const auto* word : {"SKUs", "hf_model_cache_2024_of_the_machine_x", "SG.short.x", "123456789:Ab", "ASIA", ""})
        CHECK_FALSE(is_token(word));
}

TEST_CASE("the secret key of age and a JSON Web Token are hidden wherever they are said") {
    const auto key = std::string("AGE-SECRET") + "-KEY-1" + std::string(57, 'Q') + "7";
    CHECK(is_token(key));
    CHECK_FALSE(is_token("AGE-SECRET-KEY-1"));
    CHECK_FALSE(is_token("age1" + std::string(57, 'q') + "7")); // the recipient is public
    register_assignments("encrypt: {to: [" + key + "]}");
    CHECK(all_hidden(key));
    const auto jwt = std::string("eyJhbGciOiJub25lIn0.") + "eyJzdWIiOiI3MzEyIn0" + ".c2lnbmVkLWJ5LW5vYm9keQ";
    register_said("strategy " + jwt + ".");
    CHECK(all_hidden(jwt));
    register_said("eyJhIjoxfQ.eyJiIjoyfQ and eyJhIjoxfQ.eyJiIjoyfQ. or eyJhIjoxfQ.shown.text");
    CHECK(shown("eyJhIjoxfQ.eyJiIjoyfQ. eyJhIjoxfQ.shown.text"));
}

TEST_CASE("what is said behind a telling name in a sentence or a word is hidden, up to its blank") {
    register_said("rotated, password: colon-of-reason was leaked; token=equals-of-reason, and Authorization: Bearer "
                  "b-of-reason now");
    register_said("http://h/ header=X-Api-Key=key-of-word json=$.token=tok-of-word");
    register_said("--note=Cookie: sid=cookie-of-note");
    CHECK(mask("colon-of-reason was leaked") == "*** was leaked");
    CHECK(mask("equals-of-reason") == "***");
    for (const auto* value : {"b-of-reason", "key-of-word", "tok-of-word", "cookie-of-note"})
        CHECK(mask(value) == "***");
    CHECK(mask("rotated nonempty header") == "rotated nonempty header");
}

TEST_CASE("a text made of nothing but what parts a URL is registered soon") {
    std::string text;
    while (text.size() < 20000) text += ":// :CC://,C//:a" + std::to_string(text.size()) + "@6CeB:C@C3e://b:c@l:";
    const Secret secret(text); // took minutes
    CHECK(mask("x " + text) == "x ***");
}

TEST_CASE("the password of a URL that is encoded within another one is hidden") {
    const std::string word = "outer-and-inner-" + std::to_string(80 * 80);
    const Secret secret("postgres://u@h/?password=redis%3A%2F%2Fv%3A" + word + "%40r");
    CHECK(mask(word) == "***");
}
