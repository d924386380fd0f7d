#include "base/text.h"
#include "scan/engine.h"
#include "scan/rules/check.h"
#include "support/catch.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// Where secrets stand in everyday texts: each rule's own samples, times the neighbours that they have there.

using namespace fairlead;
using namespace fairlead::scan;

namespace {

Engine all() {
    auto made = Engine::make({rules().begin(), rules().end()}, {});
    REQUIRE(made.ok());
    return std::move(made).value();
}

bool finds(Engine& engine, const Rule& rule, const std::string& text) {
    auto hits = engine.find(text);
    REQUIRE(hits.ok());
    return std::any_of(hits->begin(), hits->end(), [&](const Hit& hit) { return hit.rule == &rule; });
}

// The secret of a sample: what a token rule would be given by a person who pastes it.
std::string secret_in(Engine& engine, const Rule& rule, const std::string& text) {
    auto hits = engine.find(text);
    REQUIRE(hits.ok());
    for (const Hit& hit : hits.value())
        if (hit.rule == &rule) return text.substr(hit.begin, hit.end - hit.begin);
    return {};
}

struct Context {
    std::string_view before, after;
};

// Of a bare token.
constexpr Context of_tokens[] = {
    {"\"A=1\\n", "\\nB=2\""},      // .env in a JSON string
    {"\\t", "\\t"},                // a tab, escaped
    {"\\r\\n", "\\r\\n"},          //
    {"\"", "\""},                  // quoted
    {"\\\"", "\\\""},              // quoted in a string
    {"?token%3D", "%26x%3D1"},     // a URL in a URL
    {"?token%253D", "%2526x"},     // and in a third one
    {"?token=", "&x=1"},           // a query
    {"\\u003d", "\\u0026"},        // as Go's JSON writes = and &
    {"\\x3d", "\\x26"},            //
    {"key: ", "\n"},               // YAML
    {"    \"t = '", "'\\n\","},    // a cell of a notebook
    {"12:00:01 INFO got ", " ok"}, // a log
    {"\x1b[32m", "\x1b[0m"},       // a log in colours
    {"<td>", "</td>"},             // HTML
    {"-", " "},                    // a flag
    {"`", "`"},                    // Markdown
    {"&quot;", "&quot;"},          // HTML again
};

// Of a whole line, as its own rule has it.
std::vector<std::string> texts_of(const std::string& line) {
    const std::string in_json = json_escape(line);
    return {
        line + "\n",
        "\"" + in_json + "\"",
        "{\"data\": \"A=1\\n" + in_json + "\\nB=2\\n\"}",
        "{\"data\": \"A=1\\r\\n\\t" + in_json + "\\r\\n\"}",
        "    \"" + in_json + "\\n\",",
        "12:00:01 INFO " + line + "\n",
        "<pre>" + line + "</pre>",
        "\x1b[32m" + line + "\x1b[0m",
        "  - " + line + "\r\n",
        "`" + line + "`",
    };
}

}

TEST_CASE("every token is found whatever escape stands beside it") {
    Engine engine = all();
    std::size_t tried = 0;
    for (const Rule* rule : rules()) {
        if (rule->shape != Shape::token && rule->shape != Shape::sealed) continue;
        for (const std::string_view hit : rule->hits) {
            if (hit.empty()) continue;
            const std::string secret = secret_in(engine, *rule, sample(hit));
            for (const Context& context : of_tokens) {
                const std::string text = fmt::format("{}{}{}", context.before, secret, context.after);
                INFO(rule->id << " in " << text);
                CHECK(finds(engine, *rule, text));
                ++tried;
            }
        }
    }
    CHECK(tried > 1500);
}

TEST_CASE("a byte that is no UTF-8 beside a token hides it no more than a quote does") {
    Engine engine = all();
    for (const Rule* rule : rules()) {
        if (rule->shape != Shape::token && rule->shape != Shape::sealed) continue;
        const std::string secret = secret_in(engine, *rule, sample(rule->hits[0]));
        for (int byte = 0x80; byte <= 0xff; byte += rule->id == "aws-access-token" ? 1 : 19) {
            const std::string odd(1, static_cast<char>(byte));
            INFO(rule->id << " beside byte " << byte);
            CHECK(finds(engine, *rule, odd + secret + odd));
        }
    }
}

TEST_CASE("every line is found in JSON, notebooks, logs and pages") {
    Engine engine = all();
    for (const Rule* rule : rules()) {
        if (!rule->files[0].empty()) continue; // its file is of one form
        for (const std::string_view hit : rule->hits) {
            if (hit.empty()) continue;
            for (const std::string& text : texts_of(sample(hit))) {
                INFO(rule->id << " in " << text);
                CHECK(finds(engine, *rule, text));
            }
        }
    }
}

TEST_CASE("no neighbour makes a secret of what is none") {
    Engine engine = all();
    for (const Rule* rule : rules()) {
        for (const std::string_view miss : rule->misses) {
            if (miss.empty() || !rule->files[0].empty()) continue;
            for (const Context& context : of_tokens) {
                const std::string text = fmt::format("{}{}{}", context.before, sample(miss), context.after);
                INFO(rule->id << " in " << text);
                CHECK_FALSE(finds(engine, *rule, text));
            }
            for (const std::string& text : texts_of(sample(miss))) {
                INFO(rule->id << " in " << text);
                CHECK_FALSE(finds(engine, *rule, text));
            }
        }
    }
}

TEST_CASE("where a checksum decides, anything may stand beside the token, letters too") {
    Engine engine = all();
    for (const Rule* rule : rules()) {
        if (rule->shape != Shape::sealed) continue;
        const std::string secret = secret_in(engine, *rule, sample(rule->hits[0]));
        for (const Context& context : {Context{"-", "-"}, {"_", "_"}, {"my_", ""}, {"x", "x"}, {"", "AbC0"}}) {
            const std::string text = fmt::format("{}{}{}", context.before, secret, context.after);
            INFO(rule->id << " in " << text);
            CHECK(finds(engine, *rule, text));
        }
    }
}

TEST_CASE("the sealed rules are those whose checksum is computed") {
    for (const Rule* rule : rules()) {
        const bool computes = rule->check == check_github || rule->check == check_age || rule->check == check_zuplo;
        CHECK((rule->shape == Shape::sealed) == computes);
    }
}

TEST_CASE("a token without a checksum that is part of a longer word is none") {
    Engine engine = all();
    const Rule& aws = *find_rule("aws-access-token");
    const std::string key = sample("AK|IA6BB5QQFTSBSVJOKP");
    for (const Context& context : {Context{"x", ""}, {"_", ""}, {"", "A"}, {"", "_"}}) {
        const std::string text = fmt::format("{}{}{}", context.before, key, context.after);
        INFO(text);
        CHECK_FALSE(finds(engine, aws, text));
    }
}

TEST_CASE("a hyphen after a token ends it, unless the token may hold one") {
    Engine engine = all();
    const std::string key = sample("AK|IA6BB5QQFTSBSVJOKP"), pat = sample("gl|ft-oFULwHIc5v_sTG7kf6kY");
    CHECK(finds(engine, *find_rule("aws-access-token"), "s3://b/" + key + "-backup.tgz"));
    CHECK(finds(engine, *find_rule("gitlab-feed-token"), pat));
    CHECK_FALSE(finds(engine, *find_rule("gitlab-feed-token"), pat + "-backup"));
}

TEST_CASE("what looks like a token may hide the beginning of one") {
    Engine engine = all();
    const Rule& github = *find_rule("github-pat");
    const std::string token = sample("gh|p_SbXOIkDj8Q6xzR8t8JDvTNsLAbgZJ51A1HT7");
    CHECK(finds(engine, github, "ghp_" + token));
    CHECK(finds(engine, github, sample("gh|p_tXXKrUTUOHPeN0lakT2XJgy6DbAmq40m54da") + token));
    // A placeholder whose end is another one's beginning.
    const std::string bot = sample("3986171573:|AAsnKY4Zk0bqcxWvoCNWVZjjhZJPLGck2zM");
    CHECK(finds(engine, *find_rule("telegram-bot-api-token"), "12345:AexampleK7d2LqPz9Rt4Wv8X-" + bot));
}

TEST_CASE("a token whose keyword is at its end is found in a long line, too") {
    Engine engine = all();
    const std::string key = sample("e39ae1f0521e82af1c6e3f78ac4be70a-|us12");
    for (const std::size_t before : {0u, 5000u, 50'000u}) {
        INFO(before);
        CHECK(
            finds(engine, *find_rule("mailchimp-api-key"), std::string(before, ',') + key + std::string(before, ',')));
    }
}

TEST_CASE("seven equal letters in a row make a placeholder, six don't") {
    CHECK(is_placeholder("K9d" + std::string(7, 'q') + "Zt4"));
    CHECK_FALSE(is_placeholder("K9d" + std::string(6, 'q') + "Zt4"));
}

TEST_CASE("digits that count up make a placeholder, but not in the number before a secret") {
    CHECK(is_placeholder("token1234567890"));
    CHECK(is_placeholder("12345678-1234-1234-1234-123456789012"));
    CHECK(is_placeholder("a-12345678901234567890x"));
    CHECK_FALSE(is_placeholder("xo"
                               "xb-1234567890123-Kx8zQpVt3mWn5RbYc2LdGh7J"));
}

TEST_CASE("a secret is found at every place of the seam between two windows of a long line, once") {
    Engine engine = all();
    const std::string token = sample("gh|p_SbXOIkDj8Q6xzR8t8JDvTNsLAbgZJ51A1HT7");
    for (std::size_t at = 2900; at < 4300; at += 3) {
        std::string text = "ghp_ ";
        while (text.size() < at) text += ",";
        text += token;
        while (text.size() < 9000) text += ",";
        auto hits = engine.find(text);
        REQUIRE(hits.ok());
        INFO(at);
        CHECK(hits->size() == 1);
    }
}

TEST_CASE("a value that the seam parts from its name is found, once") {
    Engine engine = all();
    const std::string assigned = sample("api_key = \"Q7rv|B2mK7d2LqPz9Rt4W\"");
    for (std::size_t at = 3900; at < 4300; ++at) {
        std::string text = "api_key ";
        while (text.size() < at) text += ",";
        text += assigned;
        while (text.size() < 9000) text += ",";
        auto hits = engine.find(text);
        REQUIRE(hits.ok());
        INFO(at);
        CHECK(hits->size() == 1);
    }
}

TEST_CASE("a signed token of six kilobytes is one, wherever it stands, and no basic-auth") {
    Engine engine = all();
    std::string claims = "ey|JzdWIiOiI3MzEyIiwibmFtZSI6IkFkYSJ9";
    while (claims.size() < 6000) claims += "IsInJvbGVzIjpbImFkbWluIiwid3JpdGVyIl0";
    const std::string token =
        sample("e|yJhbGciOiJIUzI1NiIsInR5cCI6Ik|pXVCJ9." + claims + ".hHY831zbC1xO0y-RZgFKtvt-6y_0WIvaWTmm6wRDWcx");
    for (const std::string& text : {"\"auth\": \"" + token + "\"", "Authorization: Bearer " + token,
                                    "Authorization: Basic " + token, std::string(5000, ',') + token}) {
        auto hits = engine.find(text);
        REQUIRE(hits.ok());
        REQUIRE(hits->size() == 1);
        CHECK(hits->front().rule->id == "jwt");
        CHECK(hits->front().end - hits->front().begin == token.size());
    }
}

TEST_CASE("a right checksum proves a token that looks like a placeholder; without one such a token is none") {
    Engine engine = all();
    const Rule& github = *find_rule("github-pat");
    for (const char* body : {"exampleK7d2LqPz9Rt4Wv8Xy3Nm6Bc4O2jM4", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx13M0X2"}) {
        INFO(body);
        CHECK(finds(engine, github, std::string("gh") + "p_" + body));
    }
    const Rule& gitlab = *find_rule("gitlab-pat");
    CHECK_FALSE(finds(engine, gitlab, std::string("glp") + "at-exampleK7d2LqPz9Rt4W"));
    CHECK(finds(engine, gitlab, std::string("glp") + "at-Q7rvB2mK7d2LqPz9Rt4W"));
}

TEST_CASE("sample credentials of a developer's machine are no secrets, real ones beside them are") {
    Engine engine = all();
    const auto hits = [&](const std::string& text) {
        auto found = engine.find(text);
        REQUIRE(found.ok());
        return found->size();
    };
    for (const char* sample_text :
         {"url: my"
          "sql://foo:bar@localhost/baz",
          "pdo-my"
          "sql://foo:bar%25bar@localhost/baz",
          "'my"
          "sql://foo%3A:bar%2F@localhost/baz+baz%40'",
          "my"
          "sql://my-user:t0ps3cr3t@my-host/my-database",
          "post"
          "gres://alice:hunter2@localhost:5432/db",
          "post"
          "gres://app:devpass99@db:5432/app",
          "https://app.acme.io/?reset-pass"
          "word=21c6ecab61943f19040a1c8b43ede60032eb0c83",
          "password: c2VjdXJlLXBhc3N3b3Jk", "key: dGhpc19pc190aGVfdmVyeV9kZWVwX3NlY3JldA==", "key2: c2VjcmV0X2RhdGEy",
          "const CLIENT_AUTH_TOKEN = \"publ1sh-t0k3n\";", "auth: dXNlcjp7U0hBfVc2cGg1TW01UHo4R2dpVUxiUGd6RzM3bWo5Zz0=",
          "mock_token=\"iqxKSd_3RAqHELc7Hj8zqd0iBNNn9ckEMhO5loRP\""}) {
        INFO(sample_text);
        CHECK(hits(sample_text) == 0);
    }
    for (const char* real : {"post"
                             "gres://app:YNsoiRJdqo2m5yMgnX@localhost:5432/app",
                             "my"
                             "sql://shop:KZOm6HngVSpK@db.acme.io/shop",
                             "SESSION_SEC"
                             "RET=21c6ecab61943f19040a1c8b43ede60032eb0c83"}) {
        INFO(real);
        CHECK(hits(real) == 1);
    }
}
