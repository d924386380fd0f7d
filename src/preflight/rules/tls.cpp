#include "preflight/rules/groups.h"
#include "preflight/rules/site_look.h"
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

void expiry(const Site& site, const Project& project, Hits& hits) {
    if (!site.handshake) return;
    constexpr std::int64_t last_days = 7;
    for (const auto& one : site.handshake->chain) {
        const auto left = std::chrono::floor<std::chrono::days>(one.ends - project.now).count();
        if (left >= project.settings.cert_days && left >= last_days) continue;
        const auto which = &one == &site.handshake->chain.front() ? "the certificate" : "a certificate in the chain";
        const auto when = format_utc(one.ends).substr(0, 10);
        auto& hit =
            hits.add("", 0, 0,
                     left < 0 ? fmt::format("{} of {} expired on {}; browsers refuse it; renew it", which,
                                            site_label(site.url), when)
                              : fmt::format("{} of {} expires on {}, in {} days; then browsers refuse it; renew it",
                                            which, site_label(site.url), when, left));
        if (left < last_days) hit.level = Level::error;
        return;
    }
}

void chain(const Site& site, const Project&, Hits& hits) {
    if (!site.handshake) return;
    const auto label = site_label(site.url);
    if (!site.handshake->names_host) {
        const auto& names =
            site.handshake->chain.empty() ? std::vector<std::string>{} : site.handshake->chain.front().names;
        hits.add("", 0, 0,
                 fmt::format("the certificate of {} is for {}; browsers refuse it; get a certificate for this name",
                             label, names.empty() ? "another name" : shown_word(names.front())));
    }
    if (site.handshake->distrust.empty() || site.handshake->is_expired) return; // tls-expiry tells that
    hits.add("", 0, 0,
             fmt::format("{} isn't trusted: {}; browsers refuse it; send the chain of an authority", label,
                         shown_word(site.handshake->distrust)));
}

void version(const Site& site, const Project&, Hits& hits) {
    const auto label = site_label(site.url);
    if (!site.old_tls.empty())
        hits.add("", 0, 0,
                 fmt::format("{} accepts {}; it was withdrawn in 2021 (RFC 8996); write ssl_protocols TLSv1.2 TLSv1.3",
                             label, site.old_tls));
    if (site.handshake && site.handshake->version != "TLSv1.3")
        hits.add("", 0, 0,
                 fmt::format("{} has no TLS 1.3, only {}; handshakes take longer; write ssl_protocols TLSv1.2 TLSv1.3",
                             label, site.handshake->version))
            .level = Level::warning;
}

}

std::span<const Rule> tls_rules() {
    static const Rule rows[] = {
        {.id = "tls-expiry",
         .title = "A certificate expires soon",
         .levels = always(Level::warning),
         .check = expiry,
         .why = "Nobody can open the site with an expired certificate. If the certificate expires within 7 days, the "
                "level is error. If the certificate expires within `preflight.cert_days` days (default: 30), the level "
                "is warning.",
         .way_out = "renew it with a timer: certbot renew",
         .refs = {"S1-176"}},
        {.id = "tls-chain",
         .title = "The certificate isn't trusted",
         .levels = always(Level::error),
         .check = chain,
         .why = "The certificate is not from a known authority, is for another name, or comes without the intermediate "
                "certificates. Browsers warn, and other programs refuse the connection. If the certificate is from "
                "your own authority, name its file in SSL_CERT_FILE.",
         .way_out = "ssl_certificate fullchain.pem;",
         .refs = {"S4-59"}},
        {.id = "tls-version",
         .title = "TLS 1.0 or 1.1 is accepted, or TLS 1.3 isn't",
         .levels = always(Level::error),
         .check = version,
         .why = "TLS 1.0 and 1.1 are withdrawn (RFC 8996). If TLS 1.3 is missing, the level is warning.",
         .way_out = "ssl_protocols TLSv1.2 TLSv1.3;",
         .refs = {"S1-145"}},
    };
    return rows;
}

}
