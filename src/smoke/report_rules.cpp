#include "smoke/report_rules.h"

namespace fairlead::smoke {

std::span<const report::Rule> report_rules() {
    constexpr std::string_view preflight_page = "preflight-rules.md";
    static constexpr report::Rule rows[] = {
        {"smoke/connect", "There is no complete answer"},
        {"smoke/status", "The answer has another status"},
        {"smoke/header", "The answer has another header"},
        {"smoke/body", "The answer has another body"},
        {"smoke/json", "The answer has other JSON values"},
        {"smoke/duration", "The answer took too long"},
        {"smoke/budget", "The samples took longer than their budget, or too many were errors"},
        {"smoke/version", "Another version answers"},
        {"smoke/compare", "The new release answers differently from the old one"},
        {"smoke/slower", "The new release is slower than the old one"},
        {"smoke/ready", "The service did not give enough good answers in a row"},
        {"smoke/assert", "An assert failed, or a capture of a Hurl file"},
        {"smoke/script", "A Hurl file can't be run as it is written"},
        {"smoke/tcp", "A TCP server doesn't answer as expected"},
        {"smoke/tls", "A TLS server has a wrong certificate, or accepts what is too weak"},
        {"smoke/tls-expiry", "A certificate has expired, or ends soon"},
        {"smoke/dns", "A name has other records"},
        {"smoke/websocket", "A WebSocket doesn't work as expected"},
        {"smoke/service", "A server doesn't speak its protocol as expected"},
        {"smoke/grpc", "A gRPC server isn't SERVING"},
        {"smoke/redirect", "A redirect is missing, or leads elsewhere"},
        {"smoke/cors", "Pages of another site may not call it, or may although they should not"},
        {"smoke/cookies", "A cookie is missing, or is not protected"},
        {"smoke/cache", "An answer isn't compressed, or can't be kept as expected"},
        {"smoke/assets", "A file that the page names doesn't load"},
        {"smoke/address", "An address behind the name doesn't answer as expected"},
        {"smoke/log", "A log got a line that is forbidden"},
        {"smoke/xfail", "A check that is known to fail passes now"},
        // of the probe security_headers, as in preflight
        {"http-hsts", "No Strict-Transport-Security", report::Severity::error, preflight_page},
        {"http-nosniff", "X-Content-Type-Options isn't nosniff", report::Severity::error, preflight_page},
        {"http-csp", "No Content-Security-Policy", report::Severity::error, preflight_page},
        {"http-referrer", "Referrer-Policy is missing, or its value is unsafe-url", report::Severity::error,
         preflight_page},
        {"http-server-banner", "Answers show a version", report::Severity::error, preflight_page},
        {"http-cookie", "A cookie can be stolen, or browsers drop it", report::Severity::error, preflight_page},
        {"http-cors", "Other sites may call the API for a visitor", report::Severity::error, preflight_page},
        {"http-redirect-https", "http isn't redirected to https", report::Severity::error, preflight_page},
    };
    return rows;
}

}
