#include "smoke/runner.h"
#include "smoke/secrets.h"
#include "smoke/send/redirects.h"
#include "smoke/settings/probe.h"
#include "smoke/shown.h"
#include "sys/cancel.h"
#include <algorithm>

// One request and its answer.
namespace fairlead::smoke {

namespace {

// With the port; empty: the URL has no scheme.
std::string_view host_in(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == url.npos) return {};
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find_first_of("/?#"));
}

}

bool goes_past_proxy(const Plan& plan, std::string_view url) {
    const auto host = host_in(url);
    return !plan.at.empty() && !host.empty() && host == plan.at_host;
}

// Past whatever stands before a service: it hears what a proxy would tell it of the client's side.
void ask_at(const Plan& plan, sys::HttpRequest& request) {
    if (!goes_past_proxy(plan, request.url)) return;
    const auto scheme = request.url.find("://");
    const bool by_socket = plan.at.starts_with("unix:");
    request.headers.emplace_back("Host", plan.at_host);
    request.headers.emplace_back("X-Forwarded-Proto", request.url.substr(0, scheme));
    if (by_socket) request.socket = plan.at.substr(5);
    request.url =
        "http://" + (by_socket ? "localhost" : plan.at) + request.url.substr(scheme + 3 + plan.at_host.size());
    request.resolve.clear();
}

sys::HttpRequest request_of(const Plan& plan, const Check& check, Milliseconds left) {
    sys::HttpRequest request;
    request.method = check.method;
    request.url = check.url;
    request.headers = check.common_headers;
    request.headers.insert(request.headers.end(), check.headers.begin(), check.headers.end());
    request.body = check.body;
    if (check.hears_bearer) request.bearer = plan.bearer;
    request.timeout = std::min(plan.timeout, left);
    request.rest_of_deadline = left < plan.timeout;
    request.connect_timeout = std::min(plan.connect, request.timeout);
    request.insecure = plan.insecure;
    request.ca_file = plan.ca_file;
    request.keep_handshake = std::any_of(check.expect.asserts.begin(), check.expect.asserts.end(),
                                         [](const HurlAssert& one) { return one.wants_certificate(); });
    request.resolve = plan.resolve;
    ask_at(plan, request);
    return request;
}

Attempt ask_once(const Check& check, const World& world) {
    if (check.follows_redirects) return ask_and_follow(check, world);
    const auto is_over = over_from_now(world);
    auto request = request_of(world.plan, check, world.left);
    request.cancel = &world.cancel;
    request.fresh_connection = world.fresh_connection;
    auto sent = world.http.send(request);
    sys::HttpResponse response;
    if (sent.ok()) {
        response = std::move(sent).value();
    } else {
        response.failure = sys::HttpFailure::other;
        response.reason = sent.error().message;
    }
    std::string served;
    auto wrong = judge(response, check.expect, &served, is_over);
    if (wrong || check.expect.version_source.from == VersionSource::From::body) { // else nothing of it is shown
        hide_received(response);
        auto masked = judge(response, check.expect, &served, is_over);
        if (masked && !is_over()) wrong = std::move(masked);
        if (wrong) wrong->message = mask(wrong->message);
    }
    auto attempt = judged(std::move(response), std::move(wrong), world);
    attempt.served = std::move(served);
    if (attempt.wrong) attempt.shown = shown_exchange(request, attempt.response);
    return attempt;
}

}
