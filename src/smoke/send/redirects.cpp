#include "smoke/send/redirects.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "smoke/links.h"
#include "smoke/probes/web.h"
#include "smoke/secrets.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr std::size_t most_redirects = 10;

bool is_redirect(const sys::HttpResponse& response) {
    constexpr int statuses[] = {301, 302, 303, 307, 308};
    return response.failure == sys::HttpFailure::none &&
           std::find(std::begin(statuses), std::end(statuses), response.status) != std::end(statuses);
}

void add_times(const sys::HttpResponse& before, sys::HttpResponse& response) {
    for (const auto part : {&sys::HttpResponse::dns, &sys::HttpResponse::connect, &sys::HttpResponse::tls,
                            &sys::HttpResponse::first_byte, &sys::HttpResponse::total})
        if ((response.*part).count() > 0) response.*part += before.total;
}

void drop_body(sys::HttpRequest& request) {
    request.body.clear();
    std::erase_if(request.headers, [](const auto& header) { return lower(header.first) == "content-type"; });
}

// The request that follows `sent`; why it must not be sent is a fault.
std::optional<Mismatch> go_on(const Web& web, const std::string& target, Sent& sent) {
    const bool becomes_get = sent.response.status <= 303 && sent.request.method != "HEAD";
    const bool is_without_body = becomes_get || sent.request.body.empty();
    const bool is_other = sys::origin_of(target) != sys::origin_of(sent.url);
    if (!is_without_body && is_other)
        return Mismatch{"smoke/connect", fmt::format("the redirect to {} was not followed: it would send the body to "
                                                     "another host",
                                                     served_text(target))};
    auto next = web.prepare(target, becomes_get ? "GET" : sent.request.method);
    if (is_without_body) drop_body(next.request);
    web.send(next);
    add_times(sent.response, next.response);
    next.response.sent_any = next.response.sent_any || sent.response.sent_any;
    sent = std::move(next);
    return {};
}

}

Attempt ask_and_follow(const Check& check, const World& world) {
    const auto is_over = over_from_now(world);
    const Web web(check, world);
    auto sent = web.prepare(check.url, check.method);
    web.send(sent);
    for (std::size_t count = 0; is_redirect(sent.response); ++count) {
        const auto location = sent.response.header("location");
        const auto target = location.empty() ? std::string() : resolved_url(sent.url, location);
        if (target.empty()) break; // the status is judged, which says where it points
        hide_received(sent.response);
        if (const auto fault = read::served::location_fault(sent.answer()); !fault.empty())
            return web.wrong(std::move(sent), {{"smoke/connect", fault}});
        if (count == most_redirects)
            return web.wrong(std::move(sent), {{"smoke/connect", fmt::format("there are more than {} redirects; the "
                                                                             "next one is to {}",
                                                                             most_redirects, served_text(target))}});
        if (auto fault = go_on(web, target, sent)) return web.wrong(std::move(sent), {std::move(*fault)});
    }
    hide_received(sent.response);
    std::string served;
    auto wrong = judge(sent.response, check.expect, &served, is_over);
    const bool was_redirected = sent.url != check.url;
    const auto last = served_text(sent.url);
    if (wrong && was_redirected) wrong->message += ", after a redirect to " + last;
    auto attempt = wrong ? web.wrong(std::move(sent), {std::move(*wrong)}) : web.good(std::move(sent));
    attempt.served = std::move(served);
    if (was_redirected) attempt.facts.emplace_back("redirected to", last);
    return attempt;
}

}
