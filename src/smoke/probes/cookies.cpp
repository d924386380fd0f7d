#include "read/served/cookies.h"
#include "base/text.h"
#include "config/rows.h"
#include "smoke/probes/values.h"
#include "smoke/probes/web.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// The cookies that a page sets: which, and with which attributes (RFC 6265bis).
namespace fairlead::smoke {

namespace {

struct CookiesProbe {
    std::string get = "/", same_site;
    std::vector<std::string> names;
    std::optional<bool> secure;
    std::optional<bool> http_only; // nothing: of those that let somebody in
};

Result<void> read_secure(const config::Value& value, CookiesProbe& probe) {
    probe.secure = value.boolean(true);
    return {};
}

Result<void> read_http_only(const config::Value& value, CookiesProbe& probe) {
    probe.http_only = value.boolean(true);
    return {};
}

// Browsers take more than RFC 6265 allows in a name, but none of these.
Result<void> check_cookie_names(const config::Value& list, const std::string& key) {
    TRY_VOID(check_has_items(list, key));
    for (const auto& one : list.items()) {
        const auto name = one.text();
        if (name.empty() || has_control(name) || name.find_first_of(" ;=,") != name.npos)
            return one.error(fmt::format("{} is not the name of a cookie; write one such as session, or a list: "
                                         "[session, csrftoken]",
                                         shown_value(name)));
    }
    return {};
}

const config::Rows<CookiesProbe> cookies_rows = {
    {"get", &CookiesProbe::get, "Path or URL of the page that sets them."},
    {"names", &CookiesProbe::names, "Cookies that it must set.", {.check = check_cookie_names}},
    {"secure", {Type::boolean, read_secure}, "Whether each has Secure; default: on https."},
    {"http_only",
     {Type::boolean, read_http_only},
     "Whether each has HttpOnly; default: each that lets somebody in, by its name."},
    {"same_site",
     &CookiesProbe::same_site,
     "The SameSite of each; default: any, but it must be there.",
     {.allowed = {"lax", "strict", "none"}}},
};

constexpr std::string_view rule_cookies = "smoke/cookies";

bool is_known_site(std::string_view same_site) {
    return same_site == "lax" || same_site == "strict" || same_site == "none";
}

std::string same_site_fault(const read::served::Cookie& cookie, const CookiesProbe& probe) {
    const auto& wanted = probe.same_site;
    if (!is_known_site(cookie.same_site))
        return fmt::format("lacks SameSite; browsers differ in when they send it; add SameSite={}",
                           wanted.empty() ? "Lax" : wanted);
    if (wanted.empty() || cookie.same_site == wanted) return {};
    return fmt::format("has SameSite={}, expected {}", cookie.same_site, wanted);
}

std::vector<std::string> cookie_faults(const read::served::Cookie& cookie, const CookiesProbe& probe,
                                       const read::served::Answer& answer) {
    std::vector<std::string> faults;
    for (auto& dropped : read::served::dropped_faults(cookie, answer)) faults.push_back(std::move(dropped.message));
    const bool must = probe.secure.value_or(read::served::is_https(answer));
    if (must && !cookie.secure && !read::served::needs_secure(cookie)) // which dropped_faults() says
        faults.emplace_back("lacks Secure; it is sent over http, too; add Secure");
    if (!cookie.http_only && probe.http_only.value_or(read::served::is_session(cookie.name)))
        faults.emplace_back("lacks HttpOnly; scripts can read it; add HttpOnly, or write http_only: false");
    if (auto site = same_site_fault(cookie, probe); !site.empty()) faults.push_back(std::move(site));
    return faults;
}

std::vector<Mismatch> judge_cookies(const Sent& sent, const CookiesProbe& probe) {
    std::vector<Mismatch> faults;
    const auto add = [&](std::string message) { faults.push_back({std::string(rule_cookies), std::move(message)}); };
    const auto answer = sent.answer();
    std::vector<std::string> set;
    for (const auto& header : answer.values("Set-Cookie")) {
        const auto cookie = read::served::cookie_of(header);
        if (cookie.is_removed) continue;
        set.push_back(cookie.name);
        const auto shown = cookie.name.empty() ? "a cookie without a name" : "cookie " + served_text(cookie.name);
        for (const auto& fault : cookie_faults(cookie, probe, answer)) add(fmt::format("{} {}", shown, fault));
    }
    for (const auto& name : probe.names)
        if (std::find(set.begin(), set.end(), name) == set.end())
            add(fmt::format("cookie {} is not set; {}", served_text(name),
                            set.empty() ? "the answer sets no cookie" : "it sets " + served_text(join(set, ", "))));
    if (set.empty() && probe.names.empty()) add("sets no cookie, so nothing was checked; name a page that sets one");
    return faults;
}

Attempt ask_cookies(const CookiesProbe& probe, const Check& check, const World& world) {
    const Web web(check, world);
    auto sent = web.get(check.url);
    if (auto wrong = web.no_answer(sent, {{200, 399}})) return web.wrong(std::move(sent), {std::move(*wrong)});
    auto faults = judge_cookies(sent, probe);
    return faults.empty() ? web.good(std::move(sent)) : web.wrong(std::move(sent), std::move(faults));
}

Result<Question> read_cookies(const config::Value& value, const std::string& base) {
    auto probe = TRY(settings_of(value, cookies_rows, &CookiesProbe::get));
    if (probe.same_site == "none" && probe.secure == false)
        return value["same_site"].error("browsers drop a cookie with SameSite=None that isn't Secure; remove secure");
    auto url = TRY(url_for(value, "get", probe.get, base));
    const bool wants_secure = probe.secure == true || probe.same_site == "none";
    if (wants_secure && !read::served::takes_secure(url))
        return value[probe.secure == true ? "secure" : "same_site"].error(
            "the address is http, and browsers drop a Secure cookie that comes over it, so this check can't pass; ask "
            "the https address, or remove the key");
    return Question{std::move(url),
                    [probe](const Check& check, const World& world) { return ask_cookies(probe, check, world); }, true};
}

}

const Probe& cookies_probe() {
    static const Probe row{"cookies",    "The cookies that a page sets: Secure, HttpOnly, SameSite, prefixes.",
                           "get",        [] { return cookies_rows.fields(); },
                           read_cookies, [](const config::Value& value) { return is_path_in(value, "get"); }};
    return row;
}

}
