#include "preflight/host/site.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/http/fetch.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

constexpr Milliseconds each{10000}, together{60000};
constexpr std::size_t page_limit = 1u << 20, other_limit = 64u << 10, most_redirects = 10;

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string host_of(const std::string& url) {
    const auto parsed = parse_url(url);
    return parsed.ok() ? parsed->host : std::string();
}

bool is_address(std::string_view host) {
    return host.starts_with('[') || host.find_first_not_of("0123456789.") == host.npos;
}

bool is_subdomain(std::string_view host, std::string_view above) {
    return host.size() > above.size() && host.ends_with(above) && host[host.size() - above.size() - 1] == '.';
}

// app.example.org and www.app.example.org are; a login at another company isn't.
bool is_same_site(std::string_view a, std::string_view b) {
    if (a == b) return true;
    return !is_address(a) && !is_address(b) && (is_subdomain(a, b) || is_subdomain(b, a));
}

class SiteAsking {
  public:
    SiteAsking(std::string url, Url parts, const Ask& ask, sys::Clock& clock)
        : parts_(std::move(parts)), ask_(ask), clock_(clock), end_(clock.steady() + together) {
        site_.url = std::move(url);
    }

    Result<Site> all() {
        auto first = TRY(send({.url = site_.url, .headers = as_browser, .body_limit = page_limit}));
        if (first.failure == Failure::resolve) return without_name();
        if (first.failure == Failure::tls_handshake) return with_old_tls_only(first);
        site_.hops = TRY(follow(site_.url, std::move(first)));
        const auto& last = site_.hops.back().url;
        base_ = origin(is_same_site(host_of(last), parts_.host) ? last : site_.url);
        TRY_VOID(ask_paths());
        TRY_VOID(ask_as_others());
        TRY_VOID(ask_plain());
        if (base_.starts_with("https://")) site_.old_tls = TRY(old_tls(base_ + "/"));
        if (!is_address(parts_.host) && parts_.host != "localhost") site_.name = TRY(look_up());
        return std::move(site_);
    }

  private:
    using Failure = sys::HttpFailure;
    using Headers = std::vector<std::pair<std::string, std::string>>;
    inline static const Headers as_browser = {{"Accept", "text/html,*/*;q=0.8"}, {"Accept-Encoding", "gzip"}};

    // What libcurl takes for the origin, with the URL's own user.
    std::string origin(const std::string& url) const {
        const auto parsed = parse_url(url);
        if (!parsed.ok()) return {};
        const auto user = parts_.user + (parts_.password.empty() ? "" : ":" + parts_.password);
        const bool keeps =
            !user.empty() && parsed->authority() == parts_.authority() && parsed->scheme == parts_.scheme;
        return fmt::format("{}://{}{}", parsed->scheme, keeps ? user + "@" : "", parsed->authority());
    }

    Result<sys::HttpResponse> send(sys::HttpRequest request) {
        const auto left = std::chrono::duration_cast<Milliseconds>(end_ - clock_.steady());
        if (left <= Milliseconds{0})
            return could_not(fmt::format(
                "--url: {} took more than {} s for all requests; find out why it is slow, or leave --url out",
                site_label(site_.url), together.count() / 1000));
        request.timeout = std::min({request.timeout, each, left});
        request.look_at_tls = true;
        return ask_(request);
    }

    Error out_of_reach(const std::string& url, const sys::HttpResponse& response) const {
        const auto reason = response.failure == Failure::timeout
                                ? fmt::format("no answer came within {} s", each.count() / 1000)
                            : response.failure == Failure::resolve ? std::string("the name server gave no answer")
                                                                   : response.reason;
        return could_not(fmt::format("--url: {} was not reached: {}; make sure that it runs, or leave --url out",
                                     site_label(url), reason));
    }

    // A connection that is closed is an answer, too: so some proxies refuse.
    Result<Answer> answer_of(const std::string& url, sys::HttpResponse response) const {
        const auto failure = response.failure;
        const bool closed =
            failure == Failure::reset || failure == Failure::empty_reply || failure == Failure::tls_handshake;
        if (failure != Failure::none && failure != Failure::too_large && !closed) return out_of_reach(url, response);
        return Answer{url, closed ? 0 : response.status, std::move(response.headers), std::move(response.body)};
    }
    Result<Answer> answer(const sys::HttpRequest& request) {
        auto response = TRY(send(request));
        return answer_of(request.url, std::move(response));
    }

    Result<std::vector<Answer>> follow(std::string url, sys::HttpResponse response) {
        std::vector<Answer> hops;
        while (true) {
            if (response.handshake && !site_.handshake && is_same_site(host_of(url), parts_.host))
                site_.handshake = response.handshake;
            const auto next = is_redirect(response.status) ? response.redirect : std::string();
            auto hop = TRY(answer_of(url, std::move(response)));
            hops.push_back(std::move(hop));
            if (hops.back().status == 0)
                return out_of_reach(url, {.failure = Failure::reset, .reason = "it closed the connection"});
            if (!check_site_url(next).ok()) return hops;
            if (hops.size() > most_redirects)
                return could_not(
                    fmt::format("--url: {} redirects more than {} times; browsers give up, too; name the page itself",
                                site_label(site_.url), most_redirects));
            url = next;
            response = TRY(send({.url = url, .headers = as_browser, .body_limit = page_limit}));
        }
    }

    Result<void> ask_paths() {
        constexpr std::string_view nowhere = "/fairlead-preflight-asks-for-a-404";
        site_.not_found = TRY(answer({.url = base_ + std::string(nowhere), .body_limit = other_limit}));
        for (const auto path : site_files) {
            auto file = TRY(answer({.url = base_ + std::string(path), .body_limit = other_limit}));
            site_.files.push_back(std::move(file));
        }
        return {};
    }

    Result<void> ask_as_others() {
        const std::string page = site_.page() ? site_.page()->url : base_ + "/";
        const std::string foreign(foreign_origin);
        site_.foreign = TRY(answer({.url = page, .headers = {{"Origin", foreign}}, .body_limit = other_limit}));
        site_.null_origin = TRY(answer({.url = page, .headers = {{"Origin", "null"}}, .body_limit = other_limit}));
        site_.preflight = TRY(answer({.method = "OPTIONS",
                                      .url = page,
                                      .headers = {{"Origin", foreign},
                                                  {"Access-Control-Request-Method", "TRACE"},
                                                  {"Access-Control-Request-Headers", "x-fairlead-preflight"}},
                                      .body_limit = other_limit}));
        site_.trace = TRY(answer({.method = "TRACE", .url = page, .body_limit = other_limit}));
        return {};
    }

    // http:// of an https URL, where that has its usual port. Who doesn't listen there has nothing to redirect.
    Result<void> ask_plain() {
        if (parts_.scheme == "http") site_.plain = site_.hops;
        if (parts_.scheme == "http" || !(parts_.port.empty() || parts_.port == "443")) return {};
        const std::string url = "http://" + parts_.host + "/";
        auto response = TRY(send({.url = url, .timeout = each / 2, .body_limit = other_limit}));
        if (response.failure == Failure::none || response.failure == Failure::too_large)
            site_.plain = TRY(follow(url, std::move(response)));
        return {};
    }

    // Empty: it takes none.
    Result<std::string> old_tls(const std::string& url) {
        const auto response = TRY(send({.url = url, .body_limit = other_limit, .old_tls = true}));
        if (response.failure == Failure::timeout) return out_of_reach(url, response);
        const bool refused = response.failure == Failure::tls_handshake || !response.handshake;
        return refused ? std::string() : response.handshake->version;
    }

    Result<sys::NameRecords> look_up() {
        const auto response = TRY(send({.url = site_.url, .look_up = true}));
        return response.records.value_or(sys::NameRecords{});
    }

    Result<Site> without_name() {
        site_.name = TRY(look_up());
        if (site_.name->found != sys::NameRecords::Found::no)
            return out_of_reach(site_.url, {.failure = Failure::resolve});
        return std::move(site_);
    }

    Result<Site> with_old_tls_only(const sys::HttpResponse& first) {
        site_.old_tls = TRY(old_tls(site_.url));
        if (site_.old_tls.empty()) return out_of_reach(site_.url, first);
        return std::move(site_);
    }

    Site site_;
    Url parts_;
    std::string base_; // origin that is asked for further paths
    const Ask& ask_;
    sys::Clock& clock_;
    sys::Clock::Steady end_;
};

}

const Answer* Site::page() const {
    if (hops.empty() || is_redirect(hops.back().status) || hops.back().status == 0) return nullptr;
    return is_same_site(host_of(hops.back().url), host_of(url)) ? &hops.back() : nullptr;
}

Result<sys::HttpResponse> ask_by_helper(const sys::HttpRequest& request) {
    return sys::Fetcher({request.url}).send(request);
}

Result<void> check_site_url(const std::string& url) {
    const auto parsed = parse_url(url);
    if (parsed.ok() && (parsed->scheme == "http" || parsed->scheme == "https")) return {};
    return usage(fmt::format("--url: '{}' is not a URL to ask; write https://app.example.org", hide_credentials(url)));
}

namespace {

// Whether it shows by its certificate that it is that server: nobody else gets the URL's password or token.
Result<bool> is_trusted(const Url& parts, const Ask& ask) {
    const auto first = TRY(ask({.url = "https://" + parts.authority() + "/",
                                .timeout = each,
                                .body_limit = other_limit,
                                .look_at_tls = true}));
    return first.handshake && first.handshake->distrust.empty() && first.handshake->names_host &&
           !first.handshake->is_expired;
}

}

Result<Site> ask_site(const std::string& url, const Ask& ask, sys::Clock& clock) {
    TRY_VOID(check_site_url(url));
    const auto parts = TRY(parse_url(url));
    register_url(url);
    const bool lets_in = !parts.user.empty() || !parts.password.empty() || holds_credentials(url);
    const auto trusted = lets_in && parts.scheme == "https" ? is_trusted(parts, ask) : Result<bool>(true);
    if (!trusted.ok()) return trusted.error();
    if (!trusted.value()) {
        const auto span = take_apart(url, url.find("://"), url.size());
        const auto has_user = span.userinfo_end > span.userinfo;
        auto without = url.substr(0, span.userinfo) + url.substr(span.userinfo_end + (has_user ? 1 : 0));
        if (holds_credentials(without)) without.resize(without.find_first_of("?#")); // a token among its parameters
        const auto rest = TRY(parse_url(without));
        SiteAsking asking(without, rest, ask, clock);
        return asking.all();
    }
    SiteAsking asking(url, parts, ask, clock);
    return asking.all();
}

}
