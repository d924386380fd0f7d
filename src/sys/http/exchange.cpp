#include "sys/http/exchange.h"
#include "base/credentials.h"
#include "base/text.h"
#include "base/version.h"
#include "sys/http/connection.h"
#include "sys/http/decode.h"
#include "sys/http/handshake.h"
#include "sys/http/overdue.h"
#include "sys/http/sockets.h"
#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <optional>
#include <unistd.h>

namespace fairlead::sys {

namespace {

constexpr std::size_t header_limit = 256u << 10; // of all headers together, interim answers included
constexpr long old_tls_only = +CURL_SSLVERSION_TLSv1_0 | +CURL_SSLVERSION_MAX_TLSv1_1;
constexpr auto curl_too_large = static_cast<CURLcode>(100); // CURLE_TOO_LARGE since 8.6

std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* data) {
    auto& exchange = *static_cast<Exchange*>(data);
    auto& body = exchange.response.body;
    const std::size_t room = exchange.request.body_limit - body.size();
    body.append(bytes, std::min(size, room));
    if (size <= room) return size;
    exchange.too_large = fmt::format("the body is larger than {} bytes", exchange.request.body_limit);
    return 0;
}

std::size_t on_header(char* bytes, std::size_t, std::size_t size, void* data) {
    auto& exchange = *static_cast<Exchange*>(data);
    auto& headers = exchange.response.headers;
    const std::string_view line(bytes, size);
    exchange.header_bytes += size;
    if (exchange.header_bytes > header_limit) {
        exchange.too_large = fmt::format("the headers are larger than {} bytes", header_limit);
        return 0;
    }
    if (line.starts_with("HTTP/")) {
        headers.clear(); // those before were of a redirect or of "100 Continue"
        exchange.response.body.clear();
        exchange.are_headers_whole = false;
    } else if (trim(line).empty()) {
        exchange.are_headers_whole = true;
    } else if (const auto colon = line.find(':');
               colon != std::string_view::npos && line[0] != ' ' && line[0] != '\t') {
        headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    } else if (!headers.empty() && !trim(line).empty()) {
        headers.back().second += " " + std::string(trim(line)); // RFC 9112 5.2: folded
    }
    return size;
}

// libcurl asks for a socket once it knows where to connect to. It closes it as it would close its own.
curl_socket_t on_socket(void* data, curlsocktype, curl_sockaddr* address) {
    auto& exchange = *static_cast<Exchange*>(data);
    exchange.connecting();
    return exchange.sockets->open(address->family, address->socktype, address->protocol);
}

int on_close(void* sockets, curl_socket_t socket) { return static_cast<Sockets*>(sockets)->close(socket); }

bool carries_secret(const HttpRequest& request) {
    return !request.bearer.empty() || holds_credentials(request.url) ||
           std::any_of(request.headers.begin(), request.headers.end(),
                       [](const auto& header) { return is_secret_header(header.first, header.second); });
}

// In place of OpenSSL's judgement: it is kept, and the handshake goes on, but for what only the server itself may hear.
int on_certificates(X509_STORE_CTX* context, void* data) {
    auto& exchange = *static_cast<Exchange*>(data);
    const auto& seen = exchange.response.handshake.emplace(read_handshake(context, exchange.host));
    const bool trusted = seen.distrust.empty() && seen.names_host;
    const bool may_be_bad = exchange.request.look_at_tls && !carries_secret(exchange.request);
    if (!trusted && !may_be_bad && !exchange.request.insecure) {
        if (seen.distrust.empty()) X509_STORE_CTX_set_error(context, X509_V_ERR_HOSTNAME_MISMATCH);
        return 0;
    }
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

bool wants_handshake(const HttpRequest& request) { return request.look_at_tls || request.keep_handshake; }

int sockets_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// SSL_CTX_set_info_callback(3): the lower byte of `value` is what the alert says.
void on_alert(const SSL* tls, int where, int value) {
    const bool is_end = where == SSL_CB_READ_ALERT && (value & 0xff) == SSL_AD_CLOSE_NOTIFY;
    if (is_end) static_cast<Sockets*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(tls), sockets_index()))->end_tls();
}

CURLcode on_tls(CURL*, void* context, void* data) {
    auto& exchange = *static_cast<Exchange*>(data);
    const auto store = exchange.trust();
    if (!store.ok()) {
        exchange.no_trust = store.error().message;
        return CURLE_SSL_CACERT_BADFILE;
    }
    auto* const tls = static_cast<SSL_CTX*>(context);
    SSL_CTX_set1_cert_store(tls, store.value().get());
    SSL_CTX_set_ex_data(tls, sockets_index(), exchange.sockets);
    SSL_CTX_set_info_callback(tls, on_alert);
    if (wants_handshake(exchange.request)) SSL_CTX_set_cert_verify_callback(tls, on_certificates, &exchange);
    const bool offers_old = exchange.bytes && exchange.bytes->newest && *exchange.bytes->newest < TlsVersion::v1_2;
    // Else OpenSSL 3 offers none of them.
    if (exchange.request.old_tls || offers_old) SSL_CTX_set_security_level(tls, 0);
    return CURLE_OK;
}

void append(CurlList& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
}

CurlList header_list(const HttpRequest& request) {
    CurlList list;
    append(list, "Expect:");          // no waiting for "100 Continue"
    append(list, "Accept-Encoding:"); // compressed bodies are read, not asked for
    for (const auto& [name, value] : request.headers)
        append(list, value.empty() ? name + ";" : fmt::format("{}: {}", name, value)); // "name;" sends an empty one
    if (!request.bearer.empty()) append(list, "Authorization: Bearer " + request.bearer.reveal());
    const auto is_type = [](const auto& header) { return lower(header.first) == "content-type"; };
    if (request.exact && std::none_of(request.headers.begin(), request.headers.end(), is_type))
        append(list, "Content-Type:"); // else libcurl says that a body is a form
    return list;
}

// libcurl takes a compressed body that is cut short for a whole one, so decode_body() reads it. Whoever asks for a
// coding gets libcurl's reading of it.
bool asks_for_coding(const HttpRequest& request) {
    return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
        const auto value = lower(header.second);
        return lower(header.first) == "accept-encoding" &&
               (value.find("br") != value.npos || value.find("deflate") != value.npos);
    });
}

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

template <typename Value>
void set(CURL* curl, CURLoption option, Value value) {
    curl_easy_setopt(curl, option, value);
}

long at_least_one(Milliseconds duration) { return std::max(1L, static_cast<long>(duration.count())); } // 0 is for ever

// The proxy variables hold (http_proxy, https_proxy, all_proxy, no_proxy), but what runs here is asked directly.
std::string no_proxy() {
    const char* given = std::getenv("no_proxy");
    if (!given) given = std::getenv("NO_PROXY");
    const std::string named = given ? given : "";
    if (named == "*") return named;
    return named + (named.empty() ? "" : ",") + "localhost,127.0.0.0/8,127.0.0.1,::1";
}

// What failed may be the proxy's; curl's reason then names a host that nobody asked for.
std::string_view proxy_variable() {
    for (const char* name : proxy_variables)
        if (const char* value = std::getenv(name); value && *value != '\0') return name;
    return {};
}

void set_transport(CURL* curl, Exchange& exchange, Milliseconds timeout) {
    const HttpRequest& request = exchange.request;
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    // Else the end of an attempt waits for the thread that looks the name up: 10 s and more with a mute name server.
    set(curl, CURLOPT_QUICK_EXIT, 1L);
    set(curl, CURLOPT_TIMEOUT_MS, at_least_one(timeout));
    set(curl, CURLOPT_CONNECTTIMEOUT_MS, at_least_one(std::min(timeout, request.connect_timeout)));
    set(curl, CURLOPT_RESOLVE, exchange.resolve.get());
    set(curl, CURLOPT_NOPROXY, no_proxy().c_str());
    if (!request.socket.empty()) {
        set(curl, CURLOPT_UNIX_SOCKET_PATH, path_of(exchange.socket).c_str());
        set(curl, CURLOPT_PROXY, "");
    }
    set(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    set(curl, CURLOPT_OPENSOCKETDATA, &exchange);
    set(curl, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    set(curl, CURLOPT_CLOSESOCKETDATA, exchange.sockets);
    // A kept connection is known by its path, and that of a descriptor means another socket the next time.
    if (request.fresh_connection || wants_handshake(request) || !request.socket.empty()) {
        set(curl, CURLOPT_FRESH_CONNECT, 1L);
        // A probe leaves no idle connection that a drain would wait for. One for other bytes would be closed at once.
        set(curl, CURLOPT_FORBID_REUSE, exchange.bytes ? 0L : 1L);
        set(curl, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    }
    set(curl, CURLOPT_CAINFO, static_cast<char*>(nullptr)); // on_tls brings what was read once
    set(curl, CURLOPT_CAPATH, static_cast<char*>(nullptr));
    if (request.insecure) {
        set(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        set(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!request.insecure || request.keep_handshake) {
        set(curl, CURLOPT_SSL_CTX_FUNCTION, on_tls);
        set(curl, CURLOPT_SSL_CTX_DATA, &exchange);
        if (wants_handshake(request)) set(curl, CURLOPT_SSL_VERIFYHOST, 0L); // read_handshake() says it
        if (wants_handshake(request)) set(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
        if (request.old_tls) set(curl, CURLOPT_SSLVERSION, old_tls_only);
    }
}

// What only a script asks for.
void set_script(CURL* curl, const Exchange& exchange) {
    using Version = HttpRequest::Version;
    using Addresses = HttpRequest::Addresses;
    const HttpRequest& request = exchange.request;
    if (request.version != Version::any)
        set(curl, CURLOPT_HTTP_VERSION,
            request.version == Version::http1_0   ? +CURL_HTTP_VERSION_1_0
            : request.version == Version::http1_1 ? +CURL_HTTP_VERSION_1_1
            : request.version == Version::http2   ? +CURL_HTTP_VERSION_2_0
                                                  : +CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
    if (request.addresses != Addresses::any)
        set(curl, CURLOPT_IPRESOLVE, request.addresses == Addresses::v4 ? +CURL_IPRESOLVE_V4 : +CURL_IPRESOLVE_V6);
    if (exchange.connect_to) set(curl, CURLOPT_CONNECT_TO, exchange.connect_to.get());
    if (!request.proxy.empty()) {
        set(curl, CURLOPT_PROXY, request.proxy.c_str());
        set(curl, CURLOPT_NOPROXY, request.no_proxy.c_str());
    } else if (!request.no_proxy.empty()) {
        set(curl, CURLOPT_NOPROXY, request.no_proxy.c_str());
    }
    if (!request.certificate.empty()) set(curl, CURLOPT_SSLCERT, request.certificate.c_str());
    if (!request.key.empty()) set(curl, CURLOPT_SSLKEY, request.key.c_str());
    if (request.path_as_is) set(curl, CURLOPT_PATH_AS_IS, 1L);
}

void set_message(CURL* curl, Exchange& exchange) {
    const HttpRequest& request = exchange.request;
    static const std::string agent = "fairlead/" + std::string(version());
    set(curl, CURLOPT_URL, request.url.c_str());
    set(curl, CURLOPT_USERAGENT, agent.c_str());
    set(curl, CURLOPT_HTTPHEADER, exchange.headers.get());
    if (request.exact)
        set(curl, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    else if (asks_for_coding(request))
        set(curl, CURLOPT_ACCEPT_ENCODING, ""); // every one that curl knows
    set(curl, CURLOPT_FOLLOWLOCATION, 0L);      // headers of ours would go along
    if (request.method == "HEAD") {
        set(curl, CURLOPT_NOBODY, 1L);
    } else if (!request.body.empty() || (!request.exact && (request.method == "POST" || request.method == "PUT"))) {
        set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    const bool bare_post = request.method == "POST" && request.body.empty() && request.exact;
    if (bare_post || (request.method != "HEAD" && request.method != "GET" && request.method != "POST"))
        set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method == "GET" && !request.body.empty()) set(curl, CURLOPT_CUSTOMREQUEST, "GET");
    set(curl, CURLOPT_WRITEFUNCTION, on_body);
    set(curl, CURLOPT_WRITEDATA, &exchange);
    set(curl, CURLOPT_HEADERFUNCTION, on_header);
    set(curl, CURLOPT_HEADERDATA, &exchange);
    set(curl, CURLOPT_ERRORBUFFER, exchange.reason);
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

Exchange::Exchange(const HttpRequest& asked) : request(asked), headers(header_list(asked)), host(host_of(asked.url)) {
    for (const auto& entry : asked.resolve) append(resolve, entry);
    for (const auto& entry : asked.connect_to) append(connect_to, entry);
}

void set_up(CURL* curl, Exchange& exchange, Milliseconds timeout) {
    set_transport(curl, exchange, timeout);
    set_script(curl, exchange);
    set_message(curl, exchange);
    if (exchange.bytes) set_bytes(curl, *exchange.bytes);
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

std::string host_of(const std::string& url) {
    const Freed<CURLU, curl_url_cleanup> parsed(curl_url());
    char* host = nullptr;
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
        curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return {};
    const Freed<char, curl_free> owner(host);
    std::string bare = host; // [::1] without its brackets
    std::erase_if(bare, [](char c) { return c == '[' || c == ']'; });
    return bare;
}

bool is_address(const std::string& host) {
    in6_addr room{};
    return ::inet_pton(AF_INET, host.c_str(), &room) == 1 || ::inet_pton(AF_INET6, host.c_str(), &room) == 1;
}

}
