#include "smoke/probes/web.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "report/printable.h"
#include "smoke/secrets.h"
#include "smoke/settings/expect_rows.h"
#include "smoke/shown.h"
#include "sys/cancel.h"
#include "sys/signals.h"
#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <thread>

namespace fairlead::smoke {

namespace {

constexpr std::size_t most_served = 120;       // of a foreign text in a message
constexpr std::size_t most_shown_body = 16384; // of which only the first lines are shown
constexpr std::size_t most_faults = 20;        // of one attempt

// The user in the URL of the check is the one for all of its server.
std::string with_user_of(const std::string& from, std::string url) {
    const auto own = take_apart(from, from.find("://"), from.size());
    const auto user = from.substr(own.userinfo, own.userinfo_end - own.userinfo);
    const auto other = take_apart(url, url.find("://"), url.size());
    if (!user.empty() && other.userinfo == other.userinfo_end) url.insert(other.userinfo, user + "@");
    return url;
}

// No list of names knows every header that lets in, so another server hears only these.
config::Pairs for_anybody(const config::Pairs& headers) {
    constexpr std::string_view harmless[] = {"accept",       "accept-encoding", "accept-language", "cache-control",
                                             "content-type", "range",           "user-agent"};
    config::Pairs kept;
    for (const auto& [name, value] : headers)
        if (std::find(std::begin(harmless), std::end(harmless), lower(name)) != std::end(harmless) &&
            !is_secret_header(name, value))
            kept.emplace_back(name, value);
    return kept;
}

}

read::served::Answer Sent::answer() const { return {url, response.status, response.headers, response.body}; }

Web::Web(const Check& check, const World& world) : check_(check), world_(world), start_(world.clock.steady()) {}

Milliseconds Web::left() const {
    const auto spent = std::chrono::duration_cast<Milliseconds>(world_.clock.steady() - start_);
    return std::min(world_.plan.timeout, world_.left) - spent;
}

Sent Web::prepare(const std::string& url, const std::string& method) const {
    Check one = check_;
    one.url = url;
    one.method = method;
    if (sys::origin_of(url) == sys::origin_of(check_.url)) {
        one.url = with_user_of(check_.url, url);
    } else {
        one.hears_bearer = false;
        one.common_headers = for_anybody(one.common_headers);
        one.headers = for_anybody(one.headers);
    }
    Sent sent{request_of(world_.plan, one, world_.left), {}, url};
    sent.request.cancel = &world_.cancel;
    sent.request.fresh_connection = world_.fresh_connection;
    return sent;
}

void Web::send(Sent& sent) const {
    const auto rest = left();
    auto& response = sent.response;
    if (rest.count() <= 0) {
        response.failure = sys::HttpFailure::timeout;
        response.reason = fmt::format("the requests of this check took all of {}",
                                      format_duration(std::min(world_.plan.timeout, world_.left)));
        return;
    }
    sent.request.timeout = std::min(sent.request.timeout, rest);
    sent.request.connect_timeout = std::min(sent.request.connect_timeout, sent.request.timeout);
    auto sending = world_.http.send(sent.request);
    if (sending.ok()) {
        response = std::move(sending).value();
    } else {
        response.failure = sys::HttpFailure::other;
        response.reason = sending.error().message;
    }
}

Sent Web::get(const std::string& url) const {
    auto sent = prepare(url);
    send(sent);
    hide_received(sent.response);
    return sent;
}

std::optional<Mismatch> Web::no_answer(const Sent& sent, std::vector<StatusRange> statuses) const {
    Expect expect;
    expect.statuses = std::move(statuses);
    if (expect.statuses.empty()) expect.statuses.push_back({100, 999});
    return judge(sent.response, expect);
}

Attempt Web::conclude(Sent sent, std::optional<Mismatch> wrong) const {
    const auto total = std::chrono::duration_cast<Milliseconds>(world_.clock.steady() - start_);
    auto& body = sent.response.body;
    body.resize(std::min(body.size(), most_shown_body));
    decltype(Attempt::shown) shown;
    if (wrong && !sent.request.url.empty()) shown = shown_exchange(sent.request, sent.response);
    auto attempt = judged(std::move(sent.response), std::move(wrong), world_);
    attempt.response.total = total;
    attempt.shown = std::move(shown);
    return attempt;
}

Attempt Web::good(Sent sent) const { return conclude(std::move(sent), {}); }

Attempt Web::wrong(Sent sent, std::vector<Mismatch> faults) const {
    if (faults.size() > most_faults) {
        const auto others = faults.size() - most_faults;
        faults.resize(most_faults);
        faults.push_back({faults.front().rule, fmt::format("and {} more faults of this kind", others)});
    }
    auto attempt = conclude(std::move(sent), std::move(faults.front()));
    attempt.more.assign(std::next(faults.begin()), faults.end());
    return attempt;
}

Attempt left_to_proxy() {
    Attempt attempt;
    attempt.outcome = Outcome::good;
    attempt.facts.emplace_back("not asked", "--at goes past the proxy");
    return attempt;
}

void several_at_once(const Web& web, std::size_t count, const std::function<void(std::size_t index)>& work) {
    constexpr std::size_t most_workers = 6; // as browsers do, by HTTP/1.1
    const auto is_over = [&] {
        return web.left().count() <= 0 || web.world().cancel.is_asked() || sys::stop_requested();
    };
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(most_workers, count); ++i)
        workers.emplace_back([&] {
            for (std::size_t at = next++; at < count && !is_over(); at = next++) work(at);
        });
}

Result<std::string> url_for(const config::Value& probe, std::string_view key, const std::string& text,
                            const std::string& base) {
    const auto place = place_of_key(probe, key);
    register_urls_in(text);
    if (text.starts_with('/')) register_url("http://host" + text);
    if (trim(text).empty()) return place.error(fmt::format("{} is empty; write a path such as /, or a URL", key));
    const auto colon = text.find(':');
    if (!is_absolute_url(text) && colon != text.npos && colon < text.find_first_of("/?#"))
        return place.error(fmt::format("'{}' is neither a path nor a URL; write a path such as /, or https://HOST/",
                                       hide_credentials(text)));
    if (!is_absolute_url(text) && base.empty())
        return place.error(fmt::format("'{}' is a path, but there is no address for it; write smoke.base, or url in "
                                       "the environment and say --env",
                                       text));
    auto url = address_at(base, text);
    TRY_VOID(at(place, check_address(url)));
    const auto parsed = TRY(parse_url(url));
    if (!parsed.fragment.empty())
        return place.error(fmt::format("'{}' has a fragment, which is not sent; remove it", hide_credentials(text)));
    return parsed.scheme + url.substr(parsed.scheme.size()); // in lower case, as its faults are judged by it
}

bool is_path_in(const config::Value& probe, std::string_view key) {
    return !is_absolute_url(probe.is_map() ? probe[key].text() : probe.text());
}

std::string served_text(std::string_view text) {
    register_assignments(text.substr(0, 4096));
    return shortened(hide_credentials(to_valid_utf8(text.substr(0, 4096))), most_served);
}

}
