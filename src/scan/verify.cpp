#include "scan/verify.h"
#include "base/text.h"
#include "base/url.h"
#include "scan/collector.h"
#include "sys/http/fetch.h"
#include "sys/process/helper.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <tuple>

namespace fairlead::scan {
namespace {

// Where the secret stands in the question.
enum class Place {
    bearer, // Authorization: Bearer …
    header, // the header `name`, behind `before`
    path,   // where the URL has a '*'
    address // the secret is the URL; it must begin with `url`
};

// Whether another server than the vendor's may issue such secrets, so that a refusal proves nothing.
enum class Elsewhere { no, yes };

struct Service {
    std::string_view rules[5];
    std::string_view url;
    Place place = Place::bearer;
    std::string_view name = {}, before = {};
    std::vector<int> alive = {200, 403}; // 403: accepted, but not for this question
    std::vector<int> dead = {401};
    std::string_view alive_with = {}; // in the body of an answer that is alive; without it, it is dead
    std::pair<std::string_view, std::string_view> header = {}; // one more
    Elsewhere elsewhere = Elsewhere::no;
    std::string_view method = "GET";
};

// Each question reads the least that a token may read: who it is. Sources: the vendors' pages on their API.
const std::vector<Service>& services() {
    static const std::vector<Service> all = {
        {.rules = {"github-pat", "github-oauth", "github-fine-grained-pat", "github-app-token"},
         .url = "https://api.github.com/user",
         .elsewhere = Elsewhere::yes},
        {.rules = {"gitlab-pat", "gitlab-pat-routable"},
         .url = "https://gitlab.com/api/v4/personal_access_tokens/self",
         .place = Place::header,
         .name = "PRIVATE-TOKEN",
         .elsewhere = Elsewhere::yes},
        {.rules = {"npm-access-token"}, .url = "https://registry.npmjs.org/-/whoami"},
        {.rules = {"slack-bot-token", "slack-user-token", "slack-legacy-bot-token", "slack-legacy-token"},
         .url = "https://slack.com/api/auth.test",
         .alive = {200},
         .alive_with = "\"ok\":true",
         .method = "POST"},
        {.rules = {"stripe-access-token"}, .url = "https://api.stripe.com/v1/charges?limit=1"},
        {.rules = {"openai-api-key"}, .url = "https://api.openai.com/v1/models"},
        {.rules = {"anthropic-api-key"},
         .url = "https://api.anthropic.com/v1/models",
         .place = Place::header,
         .name = "x-api-key",
         .header = {"anthropic-version", "2023-06-01"}},
        {.rules = {"huggingface-access-token", "huggingface-organization-api-token"},
         .url = "https://huggingface.co/api/whoami-v2"},
        {.rules = {"groq-api-key"}, .url = "https://api.groq.com/openai/v1/models"},
        {.rules = {"replicate-api-token"}, .url = "https://api.replicate.com/v1/account"},
        {.rules = {"openrouter-api-key"}, .url = "https://openrouter.ai/api/v1/key"},
        {.rules = {"sendgrid-api-token"}, .url = "https://api.sendgrid.com/v3/scopes"},
        {.rules = {"sendinblue-api-token"},
         .url = "https://api.brevo.com/v3/account",
         .place = Place::header,
         .name = "api-key"},
        {.rules = {"digitalocean-pat", "digitalocean-access-token"}, .url = "https://api.digitalocean.com/v2/account"},
        {.rules = {"telegram-bot-api-token"},
         .url = "https://api.telegram.org/bot*/getMe",
         .place = Place::path,
         .alive = {200},
         .dead = {401, 404}},
        {.rules = {"discord-webhook-url"},
         .url = "https://discord.com/api/webhooks/",
         .place = Place::address,
         .alive = {200},
         .dead = {401, 404}},
        {.rules = {"postman-api-token"},
         .url = "https://api.getpostman.com/me",
         .place = Place::header,
         .name = "X-Api-Key"},
        {.rules = {"notion-api-token"},
         .url = "https://api.notion.com/v1/users/me",
         .header = {"Notion-Version", "2022-06-28"}},
        {.rules = {"airtable-personnal-access-token"}, .url = "https://api.airtable.com/v0/meta/whoami"},
        {.rules = {"pulumi-api-token"},
         .url = "https://api.pulumi.com/api/user",
         .place = Place::header,
         .name = "Authorization",
         .before = "token "},
        {.rules = {"figma-personal-token"},
         .url = "https://api.figma.com/v1/me",
         .place = Place::header,
         .name = "X-Figma-Token",
         .alive = {200},
         .dead = {401, 403}},
        {.rules = {"sentry-user-token", "sentry-org-token"},
         .url = "https://sentry.io/api/0/",
         .elsewhere = Elsewhere::yes},
    };
    return all;
}

const Service* service_of(std::string_view rule) {
    for (const Service& one : services())
        if (!rule.empty() && std::find(std::begin(one.rules), std::end(one.rules), rule) != std::end(one.rules))
            return &one;
    return nullptr;
}

std::string host_of(const Service& service) {
    const auto url = parse_url(std::string(service.url));
    return url.ok() ? url->host : std::string();
}

bool is_in(const std::vector<int>& list, int status) {
    return std::find(list.begin(), list.end(), status) != list.end();
}

// Nothing that a header or a path would take for more than a value.
bool is_plain(std::string_view secret) {
    return std::all_of(secret.begin(), secret.end(),
                       [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != '\\'; });
}

constexpr Milliseconds patience{10000};
constexpr std::size_t longest_answer = 1u << 20;

// As asked, of one process by the other: the rule and the secret, a NUL between them. As answered: a digit and words.
std::optional<std::string> answer_in_helper(std::string_view question) {
    const std::string rule(question.substr(0, question.find('\0')));
    const std::string secret(question.substr(std::min(question.size(), rule.size() + 1)));
    const auto request = question_about(rule, secret);
    if (!request) return std::nullopt;
    const auto answer = sys::Fetcher({sys::origin_of(request->url)}).send(*request);
    const Verified verified = answer.ok() ? judged(rule, answer.value())
                                          : Verified{Life::unknown, "not verified: " + mask(answer.error().message)};
    return std::to_string(static_cast<int>(verified.life)) + verified.words;
}

}

bool can_verify(std::string_view rule) { return service_of(rule) != nullptr; }

std::vector<std::string_view> verifiable_rules() {
    std::vector<std::string_view> all;
    for (const Service& one : services())
        for (const std::string_view rule : one.rules)
            if (!rule.empty()) all.push_back(rule);
    return all;
}

std::optional<sys::HttpRequest> question_about(std::string_view rule, const std::string& secret) {
    const Service* const service = service_of(rule);
    if (!service) return std::nullopt;
    sys::HttpRequest request{.method = std::string(service->method), .url = std::string(service->url)};
    request.timeout = patience;
    request.body_limit = longest_answer;
    request.headers = {{"User-Agent", "fairlead-scan"}};
    if (!service->header.first.empty()) request.headers.emplace_back(service->header);
    if (service->place == Place::address) {
        if (!secret.starts_with(service->url) || secret.find_first_of(" @\\#?") != secret.npos) return std::nullopt;
        request.url = secret;
        return request;
    }
    if (!is_plain(secret)) return std::nullopt;
    switch (service->place) {
    case Place::bearer: request.bearer = Secret(secret); break;
    case Place::header:
        request.headers.emplace_back(std::string(service->name), std::string(service->before) + secret);
        break;
    case Place::path: request.url = replace_all(request.url, "*", secret); break;
    case Place::address: break;
    }
    return request;
}

Verified judged(std::string_view rule, const sys::HttpResponse& answer) {
    const Service& service = *service_of(rule);
    const std::string host = host_of(service);
    if (answer.failure != sys::HttpFailure::none)
        return {Life::unknown, fmt::format("not verified: {} can't be asked ({})", host, name_of(answer.failure))};
    const bool accepts = is_in(service.alive, answer.status), refuses = is_in(service.dead, answer.status);
    if (!accepts && !refuses) return {Life::unknown, fmt::format("not verified: {} answers {}", host, answer.status)};
    const bool lacks = !service.alive_with.empty() && answer.body.find(service.alive_with) == std::string::npos;
    if (accepts && !lacks) return {Life::live, host + " accepts it"};
    if (service.elsewhere == Elsewhere::yes)
        return {Life::unknown, fmt::format("{} refuses it, another server may not", host)};
    return {Life::dead, host + " refuses it"};
}

Verifier verify_by_helper() {
    auto started = sys::Helper::start(answer_in_helper);
    if (!started.ok()) return {};
    const auto helper = std::make_shared<sys::Helper>(std::move(started).value());
    return [helper](const std::string& rule, const std::string& secret) -> std::optional<Verified> {
        if (!can_verify(rule)) return std::nullopt;
        const auto answer = helper->ask(rule + '\0' + secret);
        if (!answer || answer->empty() || answer->front() < '0' || answer->front() > '2') return std::nullopt;
        return Verified{static_cast<Life>(answer->front() - '0'), answer->substr(1)};
    };
}

Result<void> check_verify(const config::Change& change) {
    if (!change.foreign) return {};
    return could_not(
        fmt::format("--verify sends what it finds to the services that issue it, and {} may hold secrets of "
                    "others; leave it out for changes of a fork",
                    change.about.empty() ? std::string("a foreign change") : change.about));
}

void verify(std::vector<Found>& found, const std::function<bool(const Found&)>& is_known, const Verifier& verifier) {
    std::map<std::pair<std::string, std::string>, std::optional<Verified>> asked;
    for (Found& one : found) {
        const std::string rule(one.rule->id), secret = one.secret.reveal();
        if (one.state != report::State::fresh || !can_verify(rule) || is_known(one) || sys::stop_requested()) continue;
        const auto known = asked.find({rule, secret});
        if (known != asked.end())
            one.verified = known->second;
        else if (asked.size() >= most_verified)
            one.verified = Verified{Life::unknown, fmt::format("not verified: {} others were", most_verified)};
        else
            one.verified = asked[{rule, secret}] = verifier(rule, secret);
    }
}

}
