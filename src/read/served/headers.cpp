#include "read/served/headers.h"
#include "base/text.h"
#include "read/served/policies.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::read::served {

namespace {

using report::Level;

MaybeFault lacking(const Answer& answer, std::string_view label, std::string_view header, std::string_view fact,
                   std::string_view way_out) {
    const auto sent = answer.values(header);
    if (std::any_of(sent.begin(), sent.end(), [](const auto& one) { return !trim(std::string_view(one)).empty(); }))
        return {};
    return Fault{fmt::format("{} sends no {}; {}; {}", label, header, fact, way_out)};
}

// Of several the last one that is known counts (Referrer Policy, 8.1). Empty: none is known.
std::string referrer_policy(const std::vector<std::string>& headers) {
    constexpr std::string_view known[] = {"no-referrer",
                                          "no-referrer-when-downgrade",
                                          "same-origin",
                                          "origin",
                                          "strict-origin",
                                          "origin-when-cross-origin",
                                          "strict-origin-when-cross-origin",
                                          "unsafe-url"};
    std::string last;
    for (const auto& header : headers)
        for (const auto& one : split(header, ','))
            if (auto word = lower(trim(std::string_view(one)));
                std::find(std::begin(known), std::end(known), word) != std::end(known))
                last = std::move(word);
    return last;
}

}

MaybeFault hsts_fault(const Answer& answer, std::string_view label, std::chrono::seconds least) {
    const auto sent = answer.values("Strict-Transport-Security"); // of several the first counts (8.1)
    if (!is_https(answer)) {
        if (sent.empty()) return {};
        return Fault{
            fmt::format(
                "{} sends Strict-Transport-Security over http; browsers ignore it there; send it only with https",
                label),
            Level::info};
    }
    if (sent.empty())
        return Fault{fmt::format(
            "{} sends no Strict-Transport-Security; the first visit can be hijacked; send max-age=31536000", label)};
    const auto age = max_age(sent.front());
    if (!age || *age == 0)
        return Fault{fmt::format("{} sends Strict-Transport-Security {}; browsers {}; send max-age=31536000", label,
                                 age ? "max-age=0" : "without max-age", age ? "forget it" : "ignore it")};
    if (*age < least.count())
        return Fault{fmt::format("Strict-Transport-Security of {} has max-age={}; at least {} is required; raise it",
                                 label, *age, least.count()),
                     Level::warning};
    if (lower(sent.front()).find("includesubdomains") == std::string::npos)
        return Fault{
            fmt::format("Strict-Transport-Security of {} lacks includeSubDomains; its subdomains stay open; add it",
                        label),
            Level::info};
    return {};
}

MaybeFault nosniff_fault(const Answer& answer, std::string_view label) {
    const auto sent = answer.values("X-Content-Type-Options");
    if (sent.empty())
        return Fault{
            fmt::format("X-Content-Type-Options is missing at {}; browsers may guess types; send nosniff", label)};
    const bool exact =
        std::all_of(sent.begin(), sent.end(), [](const std::string& one) { return lower(one) == "nosniff"; });
    if (exact) return {};
    return Fault{
        fmt::format("X-Content-Type-Options of {} is not exactly nosniff; browsers ignore it; send nosniff", label)};
}

MaybeFault frame_fault(const Answer& answer, std::string_view label) {
    if (has_directive(answer, "frame-ancestors")) return {};
    const auto sent = upper(answer.value("X-Frame-Options"));
    if (sent == "DENY" || sent == "SAMEORIGIN") return {};
    if (sent.starts_with("ALLOW-FROM"))
        return Fault{fmt::format("X-Frame-Options of {} is ALLOW-FROM; browsers ignore that; send frame-ancestors in "
                                 "Content-Security-Policy",
                                 label)};
    return Fault{
        fmt::format("{} sends no X-Frame-Options and no frame-ancestors; other sites can frame it; send DENY", label)};
}

MaybeFault referrer_fault(const Answer& answer, std::string_view label) {
    const auto sent = answer.values("Referrer-Policy");
    const auto policy = referrer_policy(sent);
    if (policy.empty())
        return Fault{fmt::format("{} sends no {}Referrer-Policy; older browsers tell other sites its paths; send "
                                 "strict-origin-when-cross-origin",
                                 label, sent.empty() ? "" : "known ")};
    if (policy != "unsafe-url") return {};
    return Fault{fmt::format("Referrer-Policy of {} is unsafe-url; every site sees paths and queries; send "
                             "strict-origin-when-cross-origin",
                             label)};
}

MaybeFault xss_protection_fault(const Answer& answer, std::string_view label) {
    if (!answer.value("X-XSS-Protection").starts_with('1')) return {};
    return Fault{fmt::format(
        "X-XSS-Protection of {} is 1; old browsers' filter can be turned against the page; send 0 or nothing", label)};
}

MaybeFault banner_fault(const Answer& answer, std::string_view label) {
    for (const auto* name : {"Server", "X-Powered-By"}) {
        const auto sent = answer.value(name);
        const auto digit = sent.find_first_of("0123456789");
        if (digit == sent.npos || digit == 0 || std::string_view("/ v").find(sent[digit - 1]) == std::string_view::npos)
            continue;
        return Fault{fmt::format("{} of {} is {}; the version shows which holes to try; send only the name, or nothing",
                                 name, label, shown_word(sent))};
    }
    return {};
}

MaybeFault powered_by_fault(const Answer& answer, std::string_view label) {
    const auto sent = answer.value("X-Powered-By");
    if (sent.empty()) return {};
    return Fault{
        fmt::format("X-Powered-By of {} is {}; it shows which holes to try; send nothing", label, shown_word(sent))};
}

MaybeFault csp_fault(const Answer& answer, std::string_view label) {
    const auto all = policies(answer);
    if (std::any_of(all.begin(), all.end(), restricts)) return {};
    if (all.empty() && !answer.values("Content-Security-Policy").empty())
        return Fault{fmt::format(
            "{} sends an empty Content-Security-Policy; injected scripts would run; send default-src 'self'", label)};
    if (std::any_of(all.begin(), all.end(), knows_directive))
        return Fault{
            fmt::format("{} sends a Content-Security-Policy that only reports; scripts run; add default-src", label)};
    if (!all.empty())
        return Fault{fmt::format("{} has only unknown directives in Content-Security-Policy; scripts run; send "
                                 "default-src",
                                 label)};
    return lacking(answer, label, "Content-Security-Policy", "injected scripts would run", "send default-src 'self'");
}
MaybeFault permissions_fault(const Answer& answer, std::string_view label) {
    return lacking(answer, label, "Permissions-Policy", "frames may ask for the camera",
                   "send camera=(), microphone=()");
}
MaybeFault coop_fault(const Answer& answer, std::string_view label) {
    return lacking(answer, label, "Cross-Origin-Opener-Policy", "other windows keep access to it", "send same-origin");
}
MaybeFault corp_fault(const Answer& answer, std::string_view label) {
    return lacking(answer, label, "Cross-Origin-Resource-Policy", "any site can load it", "send same-origin");
}
MaybeFault coep_fault(const Answer& answer, std::string_view label) {
    return lacking(answer, label, "Cross-Origin-Embedder-Policy", "the page isn't isolated", "send require-corp");
}

MaybeFault csp_unsafe_fault(const Answer& answer, std::string_view label) {
    std::string unsafe, missing;
    for (const Policy& policy : policies(answer)) { // the strictest decides
        const auto word = unsafe_word(policy);
        if (word.empty()) {
            unsafe.clear();
            missing = missing_word(policy);
            break;
        }
        unsafe = word;
    }
    if (!unsafe.empty())
        return Fault{fmt::format(
            "Content-Security-Policy of {} has {} for scripts; injected scripts run; name hosts, or use nonces", label,
            unsafe)};
    if (missing.empty()) return {};
    return Fault{fmt::format("Content-Security-Policy of {} lacks {}; it is a way around script-src; add {} 'none'",
                             label, missing, missing),
                 Level::info};
}

}
