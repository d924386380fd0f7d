#include "base/text.h"
#include "config/rows.h"
#include "read/served/cookies.h"
#include "read/served/headers.h"
#include "read/served/origins.h"
#include "read/served/to_https.h"
#include "smoke/probes/values.h"
#include "smoke/probes/web.h"
#include "smoke/secrets.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// The security headers of a page, by the rules of `preflight --url`.
namespace fairlead::smoke {

namespace {

struct HeadersProbe {
    std::string get = "/", policy = "recommended";
    Milliseconds hsts_min = std::chrono::days(365);
    std::vector<std::string> without;
};

const std::vector<std::string>& header_rules() {
    static const std::vector<std::string> ids = {"http-hsts",     "http-nosniff",       "http-csp",
                                                 "http-referrer", "http-server-banner", "http-cookie",
                                                 "http-cors",     "http-redirect-https"};
    return ids;
}

Result<void> check_without(const config::Value& list, const std::string&) {
    for (const auto& one : list.items()) {
        const auto id = one.text();
        const auto& known = header_rules();
        if (std::find(known.begin(), known.end(), id) == known.end())
            return one.error(fmt::format("'{}' is not a rule of security_headers; expected {}", id, one_of(known)));
    }
    if (list.items().size() < header_rules().size()) return {};
    return list.error("all rules are switched off, so nothing would be checked; remove the check, or keep a rule");
}

const config::Rows<HeadersProbe> headers_probe_rows = {
    {"get", &HeadersProbe::get, "Path or URL of the page."},
    {"policy", &HeadersProbe::policy, "The set of rules.", {.allowed = {"recommended"}}},
    {"hsts_min",
     &HeadersProbe::hsts_min,
     "Shortest max-age of Strict-Transport-Security.",
     {.check = check_whole_second}},
    {"without", &HeadersProbe::without, "Rules that are switched off: http-csp, ...", {.check = check_without}},
};

constexpr std::string_view unknown_site = "https://fairlead-smoke.invalid"; // RFC 2606, 2

class HeadersLook {
  public:
    HeadersLook(const HeadersProbe& probe, const Check& check, const World& world)
        : probe_(probe), web_(check, world), url_(check.url) {}

    Attempt all() {
        if (goes_past_proxy(web_.world().plan, url_)) return left_to_proxy();
        auto page = web_.get(url_);
        if (auto wrong = web_.no_answer(page)) return web_.wrong(std::move(page), {std::move(*wrong)});
        judge_page(page.answer());
        if (wants("http-cors")) judge_foreign(page.url);
        if (wants("http-redirect-https")) judge_plain(page.url);
        if (failed_) page = std::move(*failed_);
        auto attempt = faults_.empty() ? web_.good(std::move(page)) : web_.wrong(std::move(page), std::move(faults_));
        attempt.facts = std::move(facts_);
        return attempt;
    }

  private:
    bool wants(std::string_view rule) const {
        return std::find(probe_.without.begin(), probe_.without.end(), rule) == probe_.without.end();
    }
    void add(std::string_view rule, const std::optional<read::served::Fault>& fault) {
        if (fault && wants(rule)) faults_.push_back({std::string(rule), fault->message});
    }
    // Of a further request, which is shown if the first fault is its own.
    void add(std::string_view rule, const std::optional<read::served::Fault>& fault, const Sent& sent) {
        if (fault && wants(rule) && faults_.empty()) failed_ = sent;
        add(rule, fault);
    }

    void judge_page(const read::served::Answer& page) {
        const auto label = read::served::site_label(page.url);
        const auto least = std::chrono::duration_cast<std::chrono::seconds>(probe_.hsts_min);
        if (const auto hsts = read::served::hsts_fault(page, label, least); hsts && hsts->level != report::Level::info)
            add("http-hsts", hsts);
        add("http-nosniff", read::served::nosniff_fault(page, label));
        const bool has_policy = !page.values("Content-Security-Policy").empty(); // one without effect is a slip
        if (has_policy || read::served::frame_fault(page, label))                // else either of the two is enough
            add("http-csp", read::served::csp_fault(page, label));
        add("http-referrer", read::served::referrer_fault(page, label));
        const auto banner = read::served::banner_fault(page, label);
        add("http-server-banner", banner ? banner : read::served::powered_by_fault(page, label));
        for (const auto& header : page.values("Set-Cookie")) {
            const auto cookie = read::served::cookie_of(header);
            if (cookie.is_removed) continue;
            for (const auto& fault : read::served::faults_of(cookie, page))
                add("http-cookie",
                    read::served::Fault{fmt::format("cookie {} of {} {}", read::served::shown_word(cookie.name), label,
                                                    fault.message)});
        }
    }

    // As a page of another site asks; some servers send these headers to nobody else.
    void judge_foreign(const std::string& url) {
        auto sent = web_.prepare(url);
        sent.request.headers.emplace_back("Origin", unknown_site);
        web_.send(sent);
        hide_received(sent.response);
        if (sent.response.failure != sys::HttpFailure::none)
            return add("http-cors",
                       read::served::Fault{fmt::format("the request of another site was not answered: {}",
                                                       served_text(sent.response.reason))},
                       sent);
        add("http-cors", read::served::open_origin_fault(sent.answer(), read::served::site_label(url), unknown_site),
            sent);
    }

    // http:// of an https URL, where that has its usual port. Who doesn't listen there has nothing to redirect.
    void judge_plain(const std::string& url) {
        constexpr Milliseconds longest{2000};
        constexpr int most_hops = 3;
        const auto at_port = normal_url(url);
        const auto host_end = std::min(at_port.find_first_of("/?", 8), at_port.size());
        const bool usual = at_port.starts_with("https://") && at_port.find(':', 8) >= host_end;
        if (!usual) return;
        std::vector<std::string> way;
        Sent first;
        for (auto next = "http" + at_port.substr(5); static_cast<int>(way.size()) < most_hops;) {
            auto sent = web_.prepare(next);
            sent.request.timeout = std::min(sent.request.timeout, longest);
            web_.send(sent);
            hide_received(sent.response);
            if (sent.response.failure != sys::HttpFailure::none && way.empty())
                return facts_.emplace_back("http", "nothing answers"), void();
            const auto target = sent.response.header("location");
            const bool redirects = sent.response.status >= 300 && sent.response.status < 400 && !target.empty() &&
                                   read::served::location_fault(sent.answer()).empty();
            if (way.empty()) first = std::move(sent);
            if (!redirects) break;
            next = resolved_url(next, target);
            way.push_back(next);
            if (!next.starts_with("http://")) break;
        }
        for (const auto& fault : read::served::to_https_faults(first.answer(), way))
            add("http-redirect-https", fault, first);
    }

    const HeadersProbe& probe_;
    const Web web_;
    const std::string url_;
    std::vector<Mismatch> faults_;
    std::optional<Sent> failed_; // the request of the first fault, if it isn't that of the page
    std::vector<std::pair<std::string, std::string>> facts_;
};

Result<Question> read_headers_probe(const config::Value& value, const std::string& base) {
    auto probe = TRY(settings_of(value, headers_probe_rows, &HeadersProbe::get));
    auto url = TRY(url_for(value, "get", probe.get, base));
    return Question{std::move(url),
                    [probe](const Check& check, const World& world) { return HeadersLook(probe, check, world).all(); },
                    true};
}

}

const Probe& security_headers_probe() {
    static const Probe row{"security_headers",
                           "Security headers and cookies of a page, by the rules of preflight.",
                           "get",
                           [] { return headers_probe_rows.fields(); },
                           read_headers_probe,
                           [](const config::Value& value) { return is_path_in(value, "get"); }};
    return row;
}

}
