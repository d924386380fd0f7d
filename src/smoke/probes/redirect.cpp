#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "config/rows.h"
#include "smoke/probes/values.h"
#include "smoke/probes/web.h"
#include "smoke/secrets.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// One redirect, in one step.
namespace fairlead::smoke {

namespace {

struct RedirectProbe {
    std::string from = "/", to;
    std::vector<StatusRange> statuses = {{301, 301}, {308, 308}};
};

Result<void> check_redirect_status(const config::Value& list, const std::string&) {
    for (const auto& one : list.items()) {
        const auto statuses = parse_statuses({one.text()});
        if (!statuses.ok()) return one.error(statuses.error().message);
        const auto& range = statuses.value().front();
        const bool is_304 = range.first == 304 && range.last == 304; // says that a copy is fresh
        if (range.first < 300 || range.last > 399 || is_304)
            return one.error(
                fmt::format("{} is not the status of a redirect; write 301, 302, 303, 307 or 308", one.text()));
    }
    return {};
}

const config::Rows<RedirectProbe> redirect_rows = {
    {"from", &RedirectProbe::from, "The URL that redirects, or a path at the base, which is asked by http."},
    {"to",
     &RedirectProbe::to,
     "The URL or path that it must lead to; default: the same address by https, at port 443.",
     {.check = check_not_empty}},
    {"status",
     {&RedirectProbe::statuses, Type::text_list, parse_statuses, Type::status},
     "The expected status; default: 301 or 308, which browsers keep.",
     {.check = check_redirect_status}},
};

constexpr std::string_view rule_redirect = "smoke/redirect";

std::string path_of(const Url& url) {
    return (url.path.empty() ? "/" : url.path) + (url.query.empty() ? "" : "?" + url.query);
}

// The http address of a path at the base.
Result<std::string> plain_address(const config::Value& place, const std::string& url) {
    const auto parsed = TRY(parse_url(url));
    if (parsed.scheme == "http") return url;
    if (!parsed.port.empty() && parsed.port != "443")
        return place.error(fmt::format("the http address of {}://{} is not known, because it has a port of its own; "
                                       "write from: http://{}:PORT/",
                                       parsed.scheme, parsed.authority(), parsed.host));
    return "http://" + parsed.host + path_of(parsed);
}

// The same address by https, at the usual port.
Result<std::string> secure_address(const config::Value& place, const std::string& from) {
    const auto parsed = TRY(parse_url(from));
    if (parsed.scheme == "https")
        return place.error(fmt::format("'{}' is https already, so it isn't clear what it should redirect to; write to:",
                                       hide_credentials(from)));
    return "https://" + parsed.host + path_of(parsed);
}

// What differs most, for the way out.
std::string redirect_difference(const std::string& target, const std::string& to) {
    const auto got = parse_url(target).value_or({}), wanted = parse_url(to).value_or({});
    if (got.host != wanted.host) return "it leads to another host; redirect to the own host first";
    if (got.scheme == "http" && wanted.scheme == "https") return "it stays at http; redirect to https in one step";
    if (got.port != wanted.port) return "the port is another one";
    if (got.path == wanted.path && got.query.empty() && !wanted.query.empty()) return "the query gets lost";
    return got.path == wanted.path ? "the query is another one" : "the path is another one";
}

bool is_allowed(const RedirectProbe& probe, int status) {
    return std::any_of(probe.statuses.begin(), probe.statuses.end(),
                       [&](const StatusRange& one) { return status >= one.first && status <= one.last; });
}

std::vector<std::string> redirect_faults(const Sent& sent, const RedirectProbe& probe, const std::string& to) {
    const auto status = sent.response.status;
    const auto answer = sent.answer();
    const auto location = answer.value("location");
    if (status < 300 || status >= 400 || status == 304)
        return {fmt::format("answers {} instead of a redirect to {}; redirect it with 301", status, served_text(to))};
    if (const auto fault = read::served::location_fault(answer); !fault.empty())
        return {fmt::format("answers {} and {}", status, fault)};
    if (location.empty()) return {fmt::format("answers {} without a Location header", status)};
    const auto target = resolved_url(sent.url, location);
    if (target.empty()) return {fmt::format("redirects to '{}', which is not a web address", served_text(location))};
    std::vector<std::string> faults;
    if (target != normal_url(to))
        faults.push_back(fmt::format("redirects to {}, expected {}: {}", served_text(target), served_text(to),
                                     redirect_difference(target, normal_url(to))));
    const bool temporary = status == 302 || status == 303 || status == 307;
    if (!is_allowed(probe, status))
        faults.push_back(fmt::format("redirects with {}, expected {}{}", status, describe(probe.statuses),
                                     temporary ? "; browsers don't keep it, and ask again each time" : ""));
    return faults;
}

// A proxy that ends TLS, and an application that takes each request for http, send one another round and round. Whether
// the target works is another check's question.
// Empty: there is no loop.
std::string loop_fault(const Web& web, const std::string& from, const std::string& to, Sent& sent) {
    constexpr Milliseconds longest{2000};
    sent = web.prepare(to);
    sent.request.timeout = std::min(sent.request.timeout, longest);
    web.send(sent);
    hide_received(sent.response);
    if (sent.response.failure != sys::HttpFailure::none || sent.response.status < 300 || sent.response.status >= 400)
        return {};
    const auto target = resolved_url(to, sent.response.header("location"));
    if (target != normal_url(from) && target != normal_url(to)) return {};
    return fmt::format("{} redirects to {}: a loop; let the application see the visitor's scheme (X-Forwarded-Proto)",
                       served_text(to), target == normal_url(to) ? "itself" : "the http address again");
}

Attempt ask_redirect(const RedirectProbe& probe, const std::string& to, const Check& check, const World& world) {
    if (goes_past_proxy(world.plan, check.url) && check.url.starts_with("http://") && to.starts_with("https://"))
        return left_to_proxy();
    const Web web(check, world);
    auto sent = web.get(check.url);
    if (auto none = web.no_answer(sent, {})) return web.wrong(std::move(sent), {std::move(*none)});
    auto faults = redirect_faults(sent, probe, to);
    if (Sent target; faults.empty())
        if (auto loop = loop_fault(web, check.url, to, target); !loop.empty()) {
            faults.push_back(std::move(loop));
            sent = std::move(target);
        }
    std::vector<Mismatch> wrong;
    for (auto& fault : faults) wrong.push_back({std::string(rule_redirect), std::move(fault)});
    if (!wrong.empty()) return web.wrong(std::move(sent), std::move(wrong));
    return web.good(std::move(sent));
}

Result<Question> read_redirect(const config::Value& value, const std::string& base) {
    auto probe = TRY(settings_of(value, redirect_rows, &RedirectProbe::from));
    const bool is_path = !is_absolute_url(probe.from);
    auto from = TRY(url_for(value, "from", probe.from, base));
    if (is_path) from = TRY(plain_address(place_of_key(value, "from"), from));
    const auto base_of_to = base.empty() && !is_path ? sys::origin_of(from) : base;
    auto to = probe.to.empty() ? secure_address(place_of_key(value, "from"), from)
                               : url_for(value, "to", probe.to, base_of_to);
    if (!to.ok()) return to.error();
    if (normal_url(to.value()) == normal_url(from))
        return place_of_key(value, "to").error("from and to are the same address; write the address it leads to");
    return Question{from,
                    [probe, target = to.value()](const Check& check, const World& world) {
                        return ask_redirect(probe, target, check, world);
                    },
                    true};
}

}

const Probe& redirect_probe() {
    static const Probe row{"redirect",
                           "A permanent redirect in one step, such as from http to https.",
                           "from",
                           [] { return redirect_rows.fields(); },
                           read_redirect,
                           [](const config::Value& value) {
                               const bool to_path = value.is_map() && value["to"].present() && is_path_in(value, "to");
                               return to_path || is_path_in(value, "from");
                           }};
    return row;
}

}
