#include "smoke/report_rules.h"

namespace fairlead::smoke {

std::span<const report::Rule> report_rules() {
    constexpr std::string_view preflight_page = "preflight-rules.md";
    constexpr std::string_view page = "smoke-rules.md";
    static constexpr report::Rule rows[] = {
        {"smoke/connect", "There is no complete answer", report::Severity::error, page},
        {"smoke/status", "The answer has another status", report::Severity::error, page},
        {"smoke/header", "The answer has another header", report::Severity::error, page},
        {"smoke/body", "The answer has another body", report::Severity::error, page},
        {"smoke/json", "The answer has other JSON values", report::Severity::error, page},
        {"smoke/duration", "The answer took too long", report::Severity::error, page},
        {"smoke/budget", "The samples took longer than their budget, or too many were errors", report::Severity::error,
         page},
        {"smoke/version", "Another version answers", report::Severity::error, page},
        {"smoke/compare", "The new release answers differently from the old one", report::Severity::error, page},
        {"smoke/slower", "The new release is slower than the old one", report::Severity::error, page},
        {"smoke/ready", "The service did not give enough good answers in a row", report::Severity::error, page},
        {"smoke/assert", "An assert failed, or a capture of a Hurl file", report::Severity::error, page},
        {"smoke/script", "A Hurl file can't be run as it is written", report::Severity::error, page},
        {"smoke/tcp", "A TCP server doesn't answer as expected", report::Severity::error, page},
        {"smoke/tls", "A TLS server has a wrong certificate, or accepts what is too weak", report::Severity::error,
         page},
        {"smoke/tls-expiry", "A certificate has expired, or ends soon", report::Severity::error, page},
        {"smoke/dns", "A name has other records", report::Severity::error, page},
        {"smoke/websocket", "A WebSocket doesn't work as expected", report::Severity::error, page},
        {"smoke/service", "A server doesn't speak its protocol as expected", report::Severity::error, page},
        {"smoke/grpc", "A gRPC server isn't SERVING", report::Severity::error, page},
        {"smoke/redirect", "A redirect is missing, or leads elsewhere", report::Severity::error, page},
        {"smoke/cors", "Pages of another site may not call it, or may although they should not",
         report::Severity::error, page},
        {"smoke/cookies", "A cookie is missing, or is not protected", report::Severity::error, page},
        {"smoke/cache", "An answer isn't compressed, or can't be kept as expected", report::Severity::error, page},
        {"smoke/assets", "A file that the page names doesn't load", report::Severity::error, page},
        {"smoke/address", "An address behind the name doesn't answer as expected", report::Severity::error, page},
        {"smoke/log", "A log got a line that is forbidden", report::Severity::error, page},
        {"smoke/xfail", "A check that is known to fail passes now", report::Severity::error, page},
        // of the probe security_headers, as in preflight
        {"http-hsts", "No Strict-Transport-Security", report::Severity::error, preflight_page},
        {"http-nosniff", "X-Content-Type-Options isn't nosniff", report::Severity::error, preflight_page},
        {"http-csp", "No Content-Security-Policy", report::Severity::error, preflight_page},
        {"http-referrer", "Referrer-Policy is missing or unsafe-url", report::Severity::error, preflight_page},
        {"http-server-banner", "Answers show a version", report::Severity::error, preflight_page},
        {"http-cookie", "A cookie can be stolen, or browsers drop it", report::Severity::error, preflight_page},
        {"http-cors", "Other sites may call the API for a visitor", report::Severity::error, preflight_page},
        {"http-redirect-https", "http isn't redirected to https", report::Severity::error, preflight_page},
    };
    return rows;
}

}
