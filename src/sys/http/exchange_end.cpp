#include "base/text.h"
#include "sys/http/decode.h"
#include "sys/http/exchange.h"
#include "sys/http/overdue.h"
#include "sys/http/sockets.h"
#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>

// What an attempt of libcurl came to: the response, or why there is none.
namespace fairlead::sys {

namespace {

constexpr auto curl_too_large = static_cast<CURLcode>(100); // CURLE_TOO_LARGE since 8.6

// Error: why the body isn't what the server has.
Result<void> decode(Exchange& exchange) {
    auto& response = exchange.response;
    std::string codings;
    for (const auto& [name, value] : response.headers)
        if (lower(name) == "content-encoding") codings += (codings.empty() ? "" : ",") + value;
    if (codings.empty() || exchange.request.exact || asks_for_coding(exchange.request)) return {};
    response.body = TRY(decode_body(std::move(response.body), codings, exchange.request.body_limit));
    return {};
}

// What failed may be the proxy's; curl's reason then names a host that nobody asked for.
std::string_view proxy_variable() {
    for (const char* name : proxy_variables)
        if (const char* value = std::getenv(name); value && *value != '\0') return name;
    return {};
}

HttpFailure connect_failure(CURL* curl) {
    long reason = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &reason);
    if (reason == ETIMEDOUT) return HttpFailure::timeout;
    const bool nobody_listens = reason == ECONNREFUSED || reason == ENOENT; // ENOENT: no such unix socket
    return nobody_listens ? HttpFailure::refused : HttpFailure::other;
}

HttpFailure classify(CURL* curl, CURLcode code, const Exchange& exchange) {
    if (!exchange.too_large.empty()) return HttpFailure::too_large;
    switch (code) {
    case CURLE_OK: return HttpFailure::none;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return HttpFailure::resolve;
    case CURLE_COULDNT_CONNECT: return connect_failure(curl);
    case CURLE_OPERATION_TIMEDOUT: return HttpFailure::timeout;
    case CURLE_GOT_NOTHING: return HttpFailure::empty_reply;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:        // GOAWAY
    case CURLE_HTTP2_STREAM: // RST_STREAM
    case CURLE_PARTIAL_FILE: return HttpFailure::reset;
    case CURLE_SSL_CONNECT_ERROR: return HttpFailure::tls_handshake;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_PEER_FAILED_VERIFICATION: return HttpFailure::certificate;
    default: return HttpFailure::other;
    }
}

// "Connection refused"
std::string why_not_connected(CURL* curl) {
    long number = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number);
    return number == 0 ? "Couldn't connect to server" : reason(static_cast<int>(number));
}

std::string reason_of(CURL* curl, CURLcode code, const Exchange& exchange) {
    if (!exchange.too_large.empty()) return exchange.too_large;
    if (!exchange.no_trust.empty()) return exchange.no_trust;
    std::string text(trim(*exchange.reason ? exchange.reason : curl_easy_strerror(code)));
    if (code == CURLE_COULDNT_CONNECT && text.ends_with(": Couldn't connect to server"))
        text = replace_all(text, "Couldn't connect to server", why_not_connected(curl));
    if (exchange.socket.is_open()) text = replace_all(text, path_of(exchange.socket), exchange.request.socket);
    const bool names_another =
        text.find(" to ") != text.npos && code == CURLE_COULDNT_CONNECT && text.find(exchange.host) == text.npos;
    if (names_another && !proxy_variable().empty()) text += fmt::format(" (the proxy of {})", proxy_variable());
    return text;
}

Milliseconds time_of(CURL* curl, CURLINFO info) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(curl, info, &microseconds);
    return std::chrono::round<Milliseconds>(std::chrono::microseconds(microseconds));
}

void read_info(CURL* curl, HttpResponse& response) {
    long status = 0, request_bytes = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request_bytes);
    response.status = static_cast<int>(status);
    long version = 0;
    const char* address = nullptr;
    if (curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &version) == CURLE_OK)
        response.version = version == CURL_HTTP_VERSION_1_0   ? "1.0"
                           : version == CURL_HTTP_VERSION_1_1 ? "1.1"
                           : version == CURL_HTTP_VERSION_2_0 ? "2"
                           : version != 0                     ? "3"
                                                              : "";
    if (curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address) == CURLE_OK && address) response.address = address;
    const char* redirect = nullptr;
    if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &redirect) == CURLE_OK && redirect) response.redirect = redirect;
    response.sent_any = request_bytes > 0;
    response.dns = time_of(curl, CURLINFO_NAMELOOKUP_TIME_T);
    response.connect = time_of(curl, CURLINFO_CONNECT_TIME_T);
    response.tls = time_of(curl, CURLINFO_APPCONNECT_TIME_T);
    response.first_byte = time_of(curl, CURLINFO_STARTTRANSFER_TIME_T);
    response.total = time_of(curl, CURLINFO_TOTAL_TIME_T);
}

// RFC 9112 section 6.3: a length that is no number, is too large for one, or is told in two ways, is none. libcurl
// takes some of them as "until the connection is closed", and then knows of no end that came too early.
std::string wrong_length(const HttpResponse& response) {
    std::optional<std::int64_t> told;
    for (const auto& [name, value] : response.headers) {
        if (lower(name) == "transfer-encoding") return {}; // which decides, whatever else is told
        if (lower(name) != "content-length") continue;
        for (const auto& part : split(value, ',')) {
            const std::string length(trim(part));
            const auto number = parse_integer(length);
            if (length.empty() || length.find_first_not_of("0123456789") != length.npos || !number.ok())
                return fmt::format("the answer's Content-Length '{}' is not a length", length.substr(0, 40));
            if (told && *told != number.value())
                return fmt::format("the answer has two lengths, {} and {}", *told, number.value());
            told = number.value();
        }
    }
    return {};
}

// The end of the connection is the end of the body (RFC 9112, 6.3), but nobody said so by TLS (9.8).
bool ends_in_doubt(const Exchange& exchange) {
    const auto& response = exchange.response;
    const bool has_end = exchange.request.method == "HEAD" || response.status == 204 || response.status == 304 ||
                         !response.version.starts_with("1") || !response.header("content-length").empty() ||
                         !response.header("transfer-encoding").empty();
    const bool is_tls = lower(exchange.request.url).starts_with("https:") && !exchange.request.insecure;
    return is_tls && !has_end && !exchange.bytes && !exchange.sockets->is_tls_ended();
}

}

void conclude(CURL* curl, CURLcode code, Exchange& exchange) {
    HttpResponse& response = exchange.response;
    read_info(curl, response);
    // libcurl's own limit on one line of a header; before 8.6 it calls that a lack of memory.
    if (code == curl_too_large || (code == CURLE_OUT_OF_MEMORY && response.sent_any))
        exchange.too_large = "a header is larger than 100 kB";
    response.failure = classify(curl, code, exchange);
    if (code != CURLE_OK) response.reason = reason_of(curl, code, exchange);
    if (response.failure == HttpFailure::timeout && exchange.request.rest_of_deadline &&
        response.total + Milliseconds{10} >= exchange.request.timeout)
        response.reason += "; the deadline was over";
    if (response.failure != HttpFailure::none) return;
    if (response.status != 0 && !exchange.are_headers_whole)
        response.reason = "the answer is cut off within its headers";
    else if (ends_in_doubt(exchange))
        response.reason =
            "the connection ended without TLS's close_notify, so the body may be cut off; the server has to "
            "end TLS, or to send Content-Length";
    else
        response.reason = wrong_length(response);
    if (!response.reason.empty()) response.failure = HttpFailure::reset;
    if (const auto decoded = decode(exchange); response.reason.empty() && !decoded.ok()) {
        response.reason = decoded.error().message;
        response.failure = HttpFailure::other;
    }
}

}
