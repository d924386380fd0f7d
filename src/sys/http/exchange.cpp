#include "sys/http/exchange.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/version.h"
#include "sys/http/connection.h"
#include "sys/http/handshake.h"
#include "sys/http/overdue.h"
#include "sys/http/sockets.h"
#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <unistd.h>

namespace fairlead::sys {

namespace {

constexpr std::size_t header_limit = 256u << 10; // of all headers together, interim answers included
constexpr long old_tls_only = +CURL_SSLVERSION_TLSv1_0 | +CURL_SSLVERSION_MAX_TLSv1_1;

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

namespace {

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
