#include "base/secrets/credentials.h"
#include "base/text.h"
#include "config/rows.h"
#include "read/served/origins.h"
#include "smoke/probes/values.h"
#include "smoke/probes/web.h"
#include "smoke/secrets.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// Whether a page of another site may call an API: the preflight request of a browser, and the request itself (Fetch).
namespace fairlead::smoke {

namespace {

struct CorsProbe {
    std::string get = "/", origin;
    std::vector<std::string> methods, headers;
    bool credentials = false, allowed = true;
};

// In a header a line break or a comma would say something else.
Result<void> check_words(const config::Value& list, const std::string& key) {
    TRY_VOID(check_has_items(list, key));
    for (const auto& one : list.items())
        if (!sys::is_http_token(one.text()))
            return one.error(
                fmt::format("{} is not the name of a method or header; write one word, such as PUT or content-type",
                            shown_value(one.text())));
    return {};
}

// What a script can't send (Fetch, 2.2.1 and 2.2.2), and browsers never ask for.
Result<void> check_methods(const config::Value& list, const std::string& key) {
    TRY_VOID(check_words(list, key));
    for (const auto& one : list.items())
        if (const auto method = upper(one.text()); method == "CONNECT" || method == "TRACE" || method == "TRACK")
            return one.error(fmt::format("browsers let no page send {}; remove it", method));
    return {};
}

bool is_browsers_own(const std::string& header) {
    static const auto names = split("accept-charset accept-encoding connection content-length cookie cookie2 date dnt "
                                    "expect host keep-alive origin referer set-cookie te trailer transfer-encoding "
                                    "upgrade via",
                                    ' ');
    return std::find(names.begin(), names.end(), header) != names.end() || header.starts_with("sec-") ||
           header.starts_with("proxy-") || header.starts_with("access-control-request-");
}

Result<void> check_headers(const config::Value& list, const std::string& key) {
    TRY_VOID(check_words(list, key));
    for (const auto& one : list.items())
        if (const auto header = lower(one.text()); is_browsers_own(header))
            return one.error(fmt::format("browsers let no page set the header {}; {}", header,
                                         header == "cookie" ? "write credentials: true" : "remove it"));
    return {};
}

const config::Rows<CorsProbe> cors_rows = {
    {"get", &CorsProbe::get, "Path or URL that pages of the other site call."},
    {"origin", &CorsProbe::origin, "The other site, such as https://spa.example.org.", {.check = check_origin}},
    {"methods",
     &CorsProbe::methods,
     "Methods that it uses, such as PUT. They are only asked for, never sent.",
     {.check = check_methods}},
    {"headers",
     &CorsProbe::headers,
     "Headers that it sends, such as content-type or authorization.",
     {.check = check_headers}},
    {"credentials", &CorsProbe::credentials, "Whether it sends cookies; default: false."},
    {"allowed", &CorsProbe::allowed, "Whether it may; false: it must get no permission. Default: true."},
};

constexpr std::string_view rule_cors = "smoke/cors";
constexpr std::string_view stranger = "https://fairlead-smoke.invalid"; // RFC 2606, 2

// Fetch, 4.8: these need no permission.
bool is_simple_method(const std::string& method) { return method == "GET" || method == "HEAD" || method == "POST"; }

class CorsLook {
  public:
    CorsLook(const CorsProbe& probe, const Check& check, const World& world)
        : probe_(probe), web_(check, world), url_(check.url) {}

    Attempt all() {
        auto asked = methods_to_ask();
        for (const auto& method : asked)
            if (!judge_preflight(method)) return web_.wrong(std::move(sent_), std::move(faults_));
        if (!judge_request()) return web_.wrong(std::move(sent_), std::move(faults_));
        if (probe_.allowed ? !judge_vary() : !judge_null()) return web_.wrong(std::move(sent_), std::move(faults_));
        return web_.good(std::move(sent_));
    }

  private:
    // What makes a browser ask first: another method, or a header of its own.
    std::vector<std::string> methods_to_ask() const {
        auto asked = probe_.methods;
        if (asked.empty() && !probe_.headers.empty()) asked.emplace_back("GET");
        return asked;
    }

    void ask_as(const std::string& origin, const std::string& method = "GET") {
        sent_ = web_.prepare(url_, method);
        sent_.request.headers.emplace_back("Origin", origin);
    }
    // False: there is no answer, or it broke off, or the server has failed.
    bool send() {
        web_.send(sent_);
        hide_received(sent_.response);
        auto none = web_.no_answer(sent_, {{100, 499}, {501, 501}}); // 501: this method isn't known
        if (none) faults_.push_back(std::move(*none));
        return !none;
    }
    bool add(std::string message) {
        faults_.push_back({std::string(rule_cors), std::move(message)});
        return false;
    }

    // No server may need credentials for it, as browsers send none (Fetch, 4.8).
    void ask_first(const std::string& method) {
        ask_as(probe_.origin, "OPTIONS");
        auto& request = sent_.request;
        request.bearer = {};
        std::erase_if(request.headers,
                      [](const auto& header) { return is_secret_header(header.first, header.second); });
        request.headers.emplace_back("Access-Control-Request-Method", method);
        if (!probe_.headers.empty())
            request.headers.emplace_back("Access-Control-Request-Headers", join(probe_.headers, ","));
    }

    bool judge_preflight(const std::string& method) {
        ask_first(method);
        if (!send()) return false;
        const auto answer = sent_.answer();
        const auto refused = preflight_fault(answer, method);
        if (probe_.allowed && !refused.empty())
            return add(
                fmt::format("the preflight request for {} from {}: the answer {}", method, probe_.origin, refused));
        if (!probe_.allowed && refused.empty())
            return add(
                fmt::format("{} gets permission for {}; list the sites that may call it", probe_.origin, method));
        return true;
    }

    std::string preflight_fault(const read::served::Answer& answer, const std::string& method) const {
        if (answer.status < 200 || answer.status >= 300)
            return fmt::format("has status {}; browsers need 2xx, also without credentials", answer.status);
        if (auto fault = read::served::not_permitted(answer, probe_.origin, probe_.credentials); !fault.empty())
            return fault;
        if (!is_listed(answer, "Access-Control-Allow-Methods", method, false) && !is_simple_method(method))
            return fmt::format("has no {} in Access-Control-Allow-Methods{}", method,
                               sent_list(answer, "Access-Control-Allow-Methods"));
        for (const auto& header : probe_.headers)
            if (!is_listed(answer, "Access-Control-Allow-Headers", header, true))
                return fmt::format("has no {} in Access-Control-Allow-Headers{}", header,
                                   sent_list(answer, "Access-Control-Allow-Headers"));
        return {};
    }

    // `*` stands for all, but not with credentials, and never for Authorization.
    bool is_listed(const read::served::Answer& answer, std::string_view header, const std::string& wanted,
                   bool any_case) const {
        const auto all = read::served::list_of(answer, header);
        const bool star = !probe_.credentials && lower(wanted) != "authorization";
        return std::any_of(all.begin(), all.end(), [&](const std::string& one) {
            return one == wanted || (any_case && lower(one) == lower(wanted)) || (star && one == "*");
        });
    }
    static std::string sent_list(const read::served::Answer& answer, std::string_view header) {
        const auto all = read::served::list_of(answer, header);
        return all.empty() ? "" : fmt::format(" ({})", served_text(join(all, ", ")));
    }

    bool judge_request() {
        ask_as(probe_.origin);
        if (!send()) return false;
        const auto fault = read::served::not_permitted(sent_.answer(), probe_.origin, probe_.credentials);
        if (probe_.allowed && !fault.empty())
            return add(fmt::format("a GET from {}: the answer{} {}; the page can't read it", probe_.origin,
                                   with_status(), fault));
        if (!probe_.allowed && fault.empty())
            return add(fmt::format("{} may read the answer{}; list the sites that may", probe_.origin,
                                   probe_.credentials ? " with a visitor's cookies" : ""));
        return true;
    }
    std::string with_status() const {
        const auto status = sent_.response.status;
        return status >= 200 && status < 300 ? "" : fmt::format(" (status {})", status);
    }

    // Who answers each site with its own name has to say so, or a cache gives one site the answer of another.
    bool judge_vary() {
        const auto answer = sent_.answer();
        const auto vary = read::served::list_of(answer, "Vary");
        const bool told = std::any_of(vary.begin(), vary.end(),
                                      [](const std::string& one) { return one == "*" || lower(one) == "origin"; });
        const auto cache = lower(join(answer.values("Cache-Control"), ","));
        if (told || cache.find("no-store") != cache.npos || answer.value("Access-Control-Allow-Origin") == "*")
            return true;
        const auto good = sent_;
        ask_as(std::string(stranger));
        if (!send()) return false;
        const bool same = sent_.answer().value("Access-Control-Allow-Origin") == probe_.origin;
        sent_ = good;
        if (same) return true; // the same for everybody
        return add(
            "the answer depends on the Origin, but has no Vary: Origin; a cache would give one site's permission "
            "to another; send Vary: Origin");
    }

    // Any page in a sandboxed frame has the origin null.
    bool judge_null() {
        ask_as("null");
        if (!send()) return false;
        if (sent_.answer().value("Access-Control-Allow-Origin") != "null") return true;
        return add("the origin null gets permission, which any page in a sandboxed frame has; list the sites that may");
    }

    const CorsProbe& probe_;
    const Web web_;
    const std::string url_;
    Sent sent_;
    std::vector<Mismatch> faults_;
};

Result<Question> read_cors(const config::Value& value, const std::string& base) {
    auto probe = TRY(settings_of(value, cors_rows, &CorsProbe::get));
    if (probe.origin.empty() && !probe.allowed) probe.origin = stranger;
    if (probe.methods.empty() && !probe.allowed) probe.methods = {"PUT", "DELETE"};
    if (probe.origin.empty())
        return value.error("cors needs the origin of the other site, such as origin: https://spa.example.org");
    for (auto& method : probe.methods) method = upper(method);
    for (auto& header : probe.headers) header = lower(header); // as browsers do, and sorted
    std::sort(probe.headers.begin(), probe.headers.end());
    auto url = TRY(url_for(value, "get", probe.get, base));
    return Question{std::move(url),
                    [probe](const Check& check, const World& world) { return CorsLook(probe, check, world).all(); },
                    true};
}

}

const Probe& cors_probe() {
    static const Probe row{"cors",    "Whether pages of another site may call it (CORS).",
                           "get",     [] { return cors_rows.fields(); },
                           read_cors, [](const config::Value& value) { return is_path_in(value, "get"); }};
    return row;
}

}
