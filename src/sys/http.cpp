#include "sys/http.h"
#include "base/text.h"
#include "base/version.h"
#include "sys/freed.h"
#include "sys/signals.h"
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <curl/curl.h>
#include <fmt/format.h>
#include <map>

namespace fairlead::sys {
namespace {

using Handle = Freed<CURL, curl_easy_cleanup>;
using List = Freed<curl_slist, curl_slist_free_all>;

constexpr std::size_t header_limit = 256u << 10; // of all headers together; curl's own limit is a receive error
constexpr long redirect_limit = 10;

// What one attempt collects.
struct Exchange {
    const HttpRequest& request;
    HttpResponse response;
    std::size_t header_bytes = 0;
    std::string too_large; // what was
    char reason[CURL_ERROR_SIZE] = "";
};

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
    } else if (const auto colon = line.find(':');
               colon != std::string_view::npos && line[0] != ' ' && line[0] != '\t') {
        headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    } else if (!headers.empty() && !trim(line).empty()) {
        headers.back().second += " " + std::string(trim(line)); // RFC 9112 5.2: folded
    }
    return size;
}

int on_progress(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) { return stop_requested() ? 1 : 0; }

// The kept handle of this thread: with it its connections and the parsed certificates. A handle never forgets what
// CURLOPT_RESOLVE told it, so there is one for each such list.
CURL* kept_handle(const std::vector<std::string>& resolve) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    thread_local std::map<std::string, Handle> handles;
    if (started != CURLE_OK) return nullptr;
    Handle& handle = handles[join(resolve, ",")];
    if (handle)
        curl_easy_reset(handle.get());
    else
        handle.reset(curl_easy_init());
    return handle.get();
}

bool has_line_break(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos; }

Result<void> check(const HttpRequest& request) {
    const Freed<CURLU, curl_url_cleanup> url(curl_url());
    const std::string scheme = lower(request.url.substr(0, request.url.find("://")));
    if (has_line_break(request.url) ||
        curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        (scheme != "http" && scheme != "https"))
        return usage(fmt::format("'{}' is not a URL to ask; expected http://HOST or https://HOST", request.url));
    const bool token = std::all_of(request.method.begin(), request.method.end(),
                                   [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
    if (request.method.empty() || !token)
        return usage(fmt::format("method '{}' is not one of HTTP; expected GET, HEAD, POST ...", request.method));
    for (const auto& [name, value] : request.headers)
        if (name.empty() || has_line_break(name) || name.find(':') != name.npos || has_line_break(value))
            return usage(fmt::format("header '{}' holds a line break or its name is wrong", name));
    if (has_line_break(request.bearer.reveal())) return usage("the bearer token holds a line break; remove it");
    return {};
}

void append(List& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
}

List header_list(const HttpRequest& request) {
    List list;
    append(list, "Expect:");          // no waiting for "100 Continue"
    append(list, "Accept-Encoding:"); // compressed bodies are read, not asked for
    for (const auto& [name, value] : request.headers)
        append(list, value.empty() ? name + ";" : fmt::format("{}: {}", name, value)); // "name;" sends an empty one
    if (!request.bearer.empty()) append(list, "Authorization: Bearer " + request.bearer.reveal());
    return list;
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
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
        if (const char* value = std::getenv(name); value && *value != '\0') return name;
    return {};
}

void set_transport(CURL* curl, const HttpRequest& request, const List& resolve) {
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_CAPATH, static_cast<char*>(nullptr)); // else all of /etc/ssl/certs is parsed per connection
    set(curl, CURLOPT_TIMEOUT_MS, at_least_one(request.timeout));
    set(curl, CURLOPT_CONNECTTIMEOUT_MS, at_least_one(request.connect_timeout));
    set(curl, CURLOPT_RESOLVE, resolve.get());
    set(curl, CURLOPT_NOPROXY, no_proxy().c_str());
    if (!request.socket.empty()) {
        set(curl, CURLOPT_UNIX_SOCKET_PATH, request.socket.c_str());
        set(curl, CURLOPT_PROXY, "");
    }
    if (request.fresh_connection) {
        set(curl, CURLOPT_FRESH_CONNECT, 1L);
        set(curl, CURLOPT_FORBID_REUSE, 1L); // a probe leaves no idle connection that a drain would wait for
        set(curl, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    }
    if (request.insecure) {
        set(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        set(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

void set_message(CURL* curl, const HttpRequest& request, const List& headers, Exchange& exchange) {
    set(curl, CURLOPT_URL, request.url.c_str());
    set(curl, CURLOPT_USERAGENT, ("fairlead/" + std::string(version())).c_str());
    set(curl, CURLOPT_HTTPHEADER, headers.get());
    set(curl, CURLOPT_ACCEPT_ENCODING, ""); // every coding that curl knows
    set(curl, CURLOPT_FOLLOWLOCATION, request.follow_redirects ? 1L : 0L);
    set(curl, CURLOPT_MAXREDIRS, redirect_limit);
    if (request.method == "HEAD") {
        set(curl, CURLOPT_NOBODY, 1L);
    } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
        set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    if (request.method != "HEAD" && request.method != "GET" && request.method != "POST")
        set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method == "GET" && !request.body.empty()) set(curl, CURLOPT_CUSTOMREQUEST, "GET");
    set(curl, CURLOPT_WRITEFUNCTION, on_body);
    set(curl, CURLOPT_WRITEDATA, &exchange);
    set(curl, CURLOPT_HEADERFUNCTION, on_header);
    set(curl, CURLOPT_HEADERDATA, &exchange);
    set(curl, CURLOPT_NOPROGRESS, 0L);
    set(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
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
    case CURLE_PARTIAL_FILE: return HttpFailure::reset;
    case CURLE_SSL_CONNECT_ERROR: return HttpFailure::tls_handshake;
    case CURLE_PEER_FAILED_VERIFICATION: return HttpFailure::certificate;
    default: return HttpFailure::other;
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

std::string reason_of(CURLcode code, const Exchange& exchange) {
    std::string reason(trim(*exchange.reason ? exchange.reason : curl_easy_strerror(code)));
    const bool names_another = reason.find(" to ") != reason.npos && code == CURLE_COULDNT_CONNECT &&
                               reason.find(host_of(exchange.request.url)) == reason.npos;
    if (names_another && !proxy_variable().empty()) reason += fmt::format(" (the proxy of {})", proxy_variable());
    return reason;
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
    response.sent_any = request_bytes > 0;
    response.dns = time_of(curl, CURLINFO_NAMELOOKUP_TIME_T);
    response.connect = time_of(curl, CURLINFO_CONNECT_TIME_T);
    response.tls = time_of(curl, CURLINFO_APPCONNECT_TIME_T);
    response.first_byte = time_of(curl, CURLINFO_STARTTRANSFER_TIME_T);
    response.total = time_of(curl, CURLINFO_TOTAL_TIME_T);
}

// The kept handle forgets this request, whose buffers go; its connections stay.
using Borrowed = Freed<CURL, curl_easy_reset>;

class CurlHttp : public Http {
  public:
    Result<HttpResponse> send(const HttpRequest& request) override {
        TRY_VOID(check(request));
        Exchange exchange{request, {}};
        const List headers = header_list(request);
        List resolve;
        for (const auto& entry : request.resolve) append(resolve, entry);
        const Borrowed borrowed(kept_handle(request.resolve));
        CURL* curl = borrowed.get();
        if (!curl) return could_not("curl can't be started");
        set_transport(curl, request, resolve);
        set_message(curl, request, headers, exchange);
        const CURLcode code = curl_easy_perform(curl);
        if (code == CURLE_ABORTED_BY_CALLBACK) return could_not("interrupted while asking " + request.url);
        if (code == CURLE_SETOPT_OPTION_SYNTAX)
            return usage(fmt::format("'{}' is not a name and its address; expected HOST:PORT:ADDRESS",
                                     join(request.resolve, ",")));
        if (code == CURLE_OUT_OF_MEMORY || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_FAILED_INIT)
            return could_not(fmt::format("{} can't be asked: {}", request.url, curl_easy_strerror(code)));
        HttpResponse& response = exchange.response;
        response.failure = classify(curl, code, exchange);
        read_info(curl, response);
        if (response.failure == HttpFailure::too_large)
            response.reason = exchange.too_large;
        else if (code != CURLE_OK)
            response.reason = reason_of(code, exchange);
        return std::move(response);
    }
};

}

std::string_view name_of(HttpFailure failure) {
    switch (failure) {
    case HttpFailure::none: return "none";
    case HttpFailure::resolve: return "resolve";
    case HttpFailure::refused: return "refused";
    case HttpFailure::reset: return "reset";
    case HttpFailure::empty_reply: return "empty reply";
    case HttpFailure::timeout: return "timeout";
    case HttpFailure::tls_handshake: return "TLS handshake";
    case HttpFailure::certificate: return "certificate";
    case HttpFailure::too_large: return "too large";
    case HttpFailure::other: return "other";
    }
    return "other";
}

std::string HttpResponse::header(std::string_view name) const {
    const std::string wanted = lower(name);
    for (const auto& [key, value] : headers)
        if (lower(key) == wanted) return value;
    return {};
}

Http& real_http() {
    static CurlHttp http;
    return http;
}

}
