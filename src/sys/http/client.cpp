#include "sys/http/client.h"
#include "base/credentials.h"
#include "base/text.h"
#include "sys/cancel.h"
#include "sys/http/exchange.h"
#include "sys/http/names.h"
#include "sys/http/sockets.h"
#include "sys/http/trust.h"
#include "sys/permit.h"
#include "sys/signals.h"
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <optional>

namespace fairlead::sys {

namespace {

using Easy = Freed<CURL, curl_easy_cleanup>;
using Multi = Freed<CURLM, curl_multi_cleanup>;
using Steady = std::chrono::steady_clock;

// With it its connections and TLS sessions are kept.
struct Kept {
    Names* names = nullptr;
    Multi multi; // before the handle: it goes last
    Easy easy;
};

// libcurl never forgets the addresses that it was given, so other addresses have other names.
Names& names_with(const std::string& given_addresses) {
    static std::mutex guard;
    static auto* const all = new std::map<std::string, Names>; // outlives every thread's handles
    const std::scoped_lock lock(guard);
    return (*all)[given_addresses];
}

// The handle of this thread. A connection that was made with other certificates in trust is not taken again.
Kept* kept(const HttpRequest& request, const TrustSource& trust) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    thread_local std::map<std::string, Kept> all;
    if (started != CURLE_OK) return nullptr;
    const std::string given = join(request.resolve, ",");
    Kept& one = all[fmt::format("{}\n{}\n{}", given, trust.file, trust.folder)];
    if (one.easy) return &one;
    one.names = &names_with(given);
    one.multi.reset(curl_multi_init());
    one.easy.reset(curl_easy_init());
    if (!one.multi || !one.easy) return nullptr;
    curl_easy_setopt(one.easy.get(), CURLOPT_SHARE, one.names->share());
    return &one;
}

// The handle forgets the request, whose buffers go; its connections stay.
class Borrowed {
  public:
    explicit Borrowed(Kept& kept) : kept_(kept) {}
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ~Borrowed() {
        curl_multi_remove_handle(kept_.multi.get(), kept_.easy.get());
        curl_easy_reset(kept_.easy.get());
    }

  private:
    Kept& kept_;
};

std::optional<CURLcode> finished(CURLM* multi) {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left))
        if (message->msg == CURLMSG_DONE) return message->data.result;
    return {};
}

bool is_cancelled(const HttpRequest& request) { return request.cancel != nullptr && request.cancel->is_asked(); }

// What libcurl made of it; nothing when a stop was asked for. libcurl keeps the timeout; `end` is for what it does not.
std::optional<CURLcode> carry_out(const Kept& kept, Steady::time_point end, const HttpRequest& request) {
    constexpr Milliseconds longest_poll{1000}, grace{30};
    CURLM* multi = kept.multi.get();
    if (curl_multi_add_handle(multi, kept.easy.get()) != CURLM_OK) return CURLE_FAILED_INIT;
    for (int running = 1;;) {
        if (curl_multi_perform(multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
        if (const auto code = finished(multi)) return code;
        if ((stop_requested() && !request.through_stop) || is_cancelled(request)) return {};
        const auto left = std::chrono::duration_cast<Milliseconds>(end + grace - Steady::now());
        if (left.count() <= 0) return CURLE_OPERATION_TIMEDOUT;
        std::vector<curl_waitfd> others;
        if (const int stop = stop_descriptor(); stop >= 0 && !request.through_stop)
            others.push_back({stop, CURL_WAIT_POLLIN, 0});
        if (request.cancel != nullptr && request.cancel->descriptor() >= 0)
            others.push_back({request.cancel->descriptor(), CURL_WAIT_POLLIN, 0});
        curl_multi_poll(multi, others.data(), static_cast<unsigned>(others.size()),
                        static_cast<int>(std::min(left, longest_poll).count()), nullptr);
    }
}

// libcurl's own messages name them, the malformed ones whole.
void hide_proxies() {
    static const bool hidden = [] {
        for (const char* name : proxy_variables) {
            const char* value = std::getenv(name);
            if (value)
                register_url(std::string_view(value).find("://") == std::string_view::npos
                                 ? std::string("http://") + value
                                 : value);
        }
        return true;
    }();
    static_cast<void>(hidden);
}

// False: there is no such socket; the response says why.
bool take_socket(Exchange& exchange) {
    const auto& path = exchange.request.socket;
    auto& response = exchange.response;
    if (path.empty()) return true;
    auto held = hold_socket(path);
    if (held.ok() && held->is_open()) {
        exchange.socket = std::move(held).value();
        return true;
    }
    response.failure = held.ok() ? HttpFailure::refused : HttpFailure::other;
    response.reason = held.ok() ? fmt::format("there is no socket at '{}'", path) : held.error().message;
    return false;
}

class CurlHttp : public Http {
  public:
    Result<HttpResponse> send(const HttpRequest& request) override {
        TRY_VOID(ask(Act::connect, request.url));
        TRY_VOID(check_request(request));
        const auto end = Steady::now() + request.timeout;
        const auto interrupted = [&] { return could_not("interrupted while asking " + request.url); };
        hide_proxies();
        Exchange exchange(request);
        if (!take_socket(exchange)) return std::move(exchange.response);
        const auto source = trust_source(request.ca_file);
        Kept* const handle = kept(request, source);
        if (!handle) return could_not("curl can't be started");
        const bool looked_up = !is_address(exchange.host) && request.socket.empty();
        const auto leave = [&] {
            if (looked_up) handle->names->leave(exchange.host);
        };
        if (looked_up && !handle->names->enter(exchange.host, end)) {
            if (stop_requested()) return interrupted();
            exchange.response.failure = HttpFailure::timeout;
            exchange.response.reason = fmt::format("the name '{}' was not found in time{}", exchange.host,
                                                   request.rest_of_deadline ? "; the deadline was over" : "");
            exchange.response.total = request.timeout;
            return std::move(exchange.response);
        }
        exchange.connecting = leave;
        exchange.trust = [&] { return trusted(source); };
        const Borrowed borrowed(*handle);
        set_up(handle->easy.get(), exchange, std::chrono::ceil<Milliseconds>(end - Steady::now()));
        const auto code = carry_out(*handle, end, request);
        leave();
        if (!code) return interrupted();
        conclude(handle->easy.get(), *code, exchange);
        return std::move(exchange.response);
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
