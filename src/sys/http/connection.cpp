#include "sys/http/connection.h"
#include "base/text.h"
#include "sys/http/perform.h"
#include "sys/http/waiting.h"
#include "sys/permit.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <poll.h>

namespace fairlead::sys {

namespace {

// libcurl keeps pointers into all of it, so it stays where it was made.
class CurlConnection : public Connection {
  public:
    CurlConnection(const HttpRequest& request, const ConnectionOptions& options)
        : request_(request), options_(options), exchange_(request_) {
        exchange_.bytes = &options_;
    }
    Result<HttpResponse> open(Moment end);
    Result<Piece> read(std::size_t limit, Moment end) override;
    Result<Piece> write(std::string_view bytes, Moment end) override;
    std::string local_address() const override;

  private:
    static Piece failed(HttpFailure failure, std::string reason) { return {{}, failure, std::move(reason)}; }
    Piece broken(CURLcode code) const;
    // Nothing: go on. Without `events` it doesn't wait: whoever sends without end is not read for ever.
    Result<std::optional<Piece>> await(short events, Moment end) const;

    HttpRequest request_;
    ConnectionOptions options_;
    Exchange exchange_;
    Handle handle_; // after all that it points to: it goes first
    curl_socket_t socket_ = CURL_SOCKET_BAD;
};

Result<HttpResponse> CurlConnection::open(Moment end) {
    if (!make_handle(handle_, join(request_.resolve, ","))) return could_not("curl can't be started");
    TRY_VOID(perform(handle_, exchange_, end));
    if (exchange_.response.failure == HttpFailure::none)
        curl_easy_getinfo(handle_.easy.get(), CURLINFO_ACTIVESOCKET, &socket_);
    return exchange_.response;
}

Connection::Piece CurlConnection::broken(CURLcode code) const {
    const std::string_view said = exchange_.reason;
    return failed(HttpFailure::reset, std::string(said.empty() ? curl_easy_strerror(code) : said));
}

Result<std::optional<Connection::Piece>> CurlConnection::await(short events, Moment end) const {
    const bool is_over = std::chrono::steady_clock::now() >= end;
    const bool is_interrupted = stop_requested() || is_cancelled(request_);
    const auto waited = is_interrupted ? Waited::interrupted
                        : is_over      ? Waited::time_over
                        : events == 0  ? Waited::ready
                                       : wait_until_ready(socket_, events, end, request_.cancel);
    switch (waited) {
    case Waited::ready: return std::optional<Piece>();
    case Waited::interrupted: return could_not("interrupted while asking " + exchange_.host);
    case Waited::time_over: break;
    }
    return std::optional(failed(HttpFailure::timeout, "the time is over"));
}

Result<Connection::Piece> CurlConnection::read(std::size_t limit, Moment end) {
    constexpr std::size_t largest_piece = 16u << 10;
    std::string bytes(std::min(limit, largest_piece), '\0');
    const auto late = TRY(await(0, end));
    if (late) return *late;
    for (;;) {
        std::size_t got = 0;
        const auto code = curl_easy_recv(handle_.easy.get(), bytes.data(), bytes.size(), &got);
        if (code == CURLE_OK) {
            bytes.resize(got);
            return Piece{std::move(bytes)};
        }
        if (code != CURLE_AGAIN) return broken(code);
        const auto over = TRY(await(POLLIN, end));
        if (over) return *over;
    }
}

Result<Connection::Piece> CurlConnection::write(std::string_view bytes, Moment end) {
    while (!bytes.empty()) {
        std::size_t sent = 0;
        const auto code = curl_easy_send(handle_.easy.get(), bytes.data(), bytes.size(), &sent);
        if (code != CURLE_OK && code != CURLE_AGAIN) return broken(code);
        bytes.remove_prefix(code == CURLE_OK ? sent : 0);
        if (code == CURLE_OK) continue;
        const auto over = TRY(await(POLLOUT, end));
        if (over) return *over;
    }
    return Piece{};
}

std::string CurlConnection::local_address() const {
    const char* address = nullptr;
    const bool told = curl_easy_getinfo(handle_.easy.get(), CURLINFO_LOCAL_IP, &address) == CURLE_OK && address;
    return told && request_.socket.empty() ? address : "";
}

long version_range(TlsVersion newest) {
    switch (newest) {
    case TlsVersion::v1_0: return +CURL_SSLVERSION_TLSv1_0 | +CURL_SSLVERSION_MAX_TLSv1_0;
    case TlsVersion::v1_1: return +CURL_SSLVERSION_TLSv1_0 | +CURL_SSLVERSION_MAX_TLSv1_1;
    case TlsVersion::v1_2: return +CURL_SSLVERSION_TLSv1_0 | +CURL_SSLVERSION_MAX_TLSv1_2;
    case TlsVersion::v1_3: break;
    }
    return +CURL_SSLVERSION_TLSv1_0 | +CURL_SSLVERSION_MAX_TLSv1_3;
}

std::string shown_server(const HttpRequest& request) {
    if (!request.socket.empty()) return request.socket;
    const auto origin = origin_of(request.url);
    const auto scheme = origin.find("://");
    return scheme == origin.npos ? origin : origin.substr(scheme + 3);
}

}

std::string_view name_of(TlsVersion version) {
    constexpr std::string_view names[] = {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
    return names[static_cast<std::size_t>(version)];
}

void set_bytes(CURL* curl, const ConnectionOptions& options) {
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (options.newest) curl_easy_setopt(curl, CURLOPT_SSLVERSION, version_range(*options.newest));
    if (options.wants_staple) curl_easy_setopt(curl, CURLOPT_SSL_VERIFYSTATUS, 1L);
    if (options.is_http)
        curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, +CURL_HTTP_VERSION_1_1);
    else
        curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
}

Result<Connected> open_connection(const HttpRequest& request, const ConnectionOptions& options) {
    TRY_VOID(ask(Act::connect, shown_server(request)));
    TRY_VOID(check_request(request));
    const auto end = std::chrono::steady_clock::now() + request.timeout;
    auto connection = std::make_unique<CurlConnection>(request, options);
    auto response = TRY(connection->open(end));
    if (response.failure != HttpFailure::none) return Connected{nullptr, std::move(response)};
    return Connected{std::move(connection), std::move(response)};
}

}
