#include "scan/verify.h"
#include "scan/collector.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::scan;

namespace {

Verified answered(std::string_view rule, int status, std::string body = "") {
    sys::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return judged(rule, response);
}

}

TEST_CASE("at least twelve kinds can be verified, and each is a rule") {
    CHECK(verifiable_rules().size() >= 30);
    for (const std::string_view rule : verifiable_rules()) {
        INFO(rule);
        CHECK(find_rule(rule) != nullptr);
        CHECK(can_verify(rule));
    }
    CHECK_FALSE(can_verify("private-key"));
    CHECK_FALSE(can_verify(""));
}

TEST_CASE("a secret goes to its service only, by https, and nowhere else in the question") {
    const std::string secret = "581727493:"
                               "AAq7Kq2vWz9BxZl3M8sHt5Rc0Yw1Nf6Gj4P";
    for (const std::string_view rule : verifiable_rules()) {
        INFO(rule);
        const auto question = question_about(rule, secret);
        if (rule == "discord-webhook-url") {
            CHECK_FALSE(question);
            continue;
        }
        REQUIRE(question);
        CHECK(question->url.starts_with("https://"));
        CHECK(question->body.empty());
        std::size_t places = question->bearer.reveal() == secret;
        places += question->url.find(secret) != std::string::npos;
        for (const auto& [name, value] : question->headers) places += value.ends_with(secret);
        CHECK(places == 1);
    }
}

TEST_CASE("nothing that could change the question is a secret") {
    for (const std::string odd : {"a\r\nHost: x", "a b", "a/../b", "a\\b", "a\x80"}) {
        INFO(odd);
        CHECK_FALSE(question_about("github-pat", odd));
        CHECK_FALSE(question_about("telegram-bot-api-token", odd));
    }
    const std::string hook = "https://discord.com/api/webhooks/";
    CHECK(question_about("discord-webhook-url", hook + "1/x")->url == hook + "1/x");
    for (const std::string odd : {"https://discord.com@x.org/api/webhooks/1/x", "http://discord.com/api/webhooks/1/x"})
        CHECK_FALSE(question_about("discord-webhook-url", odd));
    for (const std::string odd : {"1/x?a", "1/x#a", "1/x@a", "1/x y", "1\\x"})
        CHECK_FALSE(question_about("discord-webhook-url", hook + odd));
}

TEST_CASE("a service accepts, refuses, or says nothing about the secret") {
    CHECK(answered("npm-access-token", 200).life == Life::live);
    CHECK(answered("npm-access-token", 403).life == Life::live);
    CHECK(answered("npm-access-token", 401).life == Life::dead);
    for (const int status : {301, 404, 429, 500}) CHECK(answered("npm-access-token", status).life == Life::unknown);
    CHECK(answered("figma-personal-token", 403).life == Life::dead);
    CHECK(answered("slack-bot-token", 200, R"({"ok":true})").life == Life::live);
    CHECK(answered("slack-bot-token", 200, R"({"ok":false})").life == Life::dead);
    CHECK(answered("gitlab-pat", 401).life == Life::unknown); // of another server, perhaps
    CHECK(answered("gitlab-pat", 200).life == Life::live);
    sys::HttpResponse lost;
    lost.failure = sys::HttpFailure::timeout;
    lost.status = 401;
    CHECK(judged("npm-access-token", lost).life == Life::unknown);
}

TEST_CASE("only so many secrets are asked about, and each once") {
    std::vector<Found> found(most_verified + 2);
    int asked = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        found[i].rule = find_rule("npm-access-token");
        found[i].secret = Secret("verify-" + std::to_string(1'000'000 + (i == 1 ? 0 : i)));
    }
    found[2].state = report::State::suppressed;
    verify(
        found, [&](const Found& one) { return &one == &found[3]; },
        [&](const std::string&, const std::string&) {
            ++asked;
            return Verified{Life::live, "x accepts it"};
        });
    CHECK(asked == static_cast<int>(most_verified) - 1);
    CHECK(found[0].verified->life == Life::live);
    CHECK(found[1].verified->life == Life::live);
    CHECK_FALSE(found[2].verified);
    CHECK_FALSE(found[3].verified);
}
