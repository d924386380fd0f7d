#include "sys/http/perform.h"
#include "base/secrets/credentials.h"
#include "sys/cancel.h"
#include "sys/http/sockets.h"
#include "sys/http/trust.h"
#include "sys/signals.h"
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <optional>

namespace fairlead::sys {

namespace {

// libcurl never forgets the addresses that it was given, so other addresses have other names.
Names& names_with(const std::string& given_addresses) {
    static std::mutex guard;
    static auto* const all = new std::map<std::string, Names>; // outlives every thread's handles
    const std::scoped_lock lock(guard);
    return (*all)[given_addresses];
}

std::optional<CURLcode> finished(CURLM* multi) {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left))
        if (message->msg == CURLMSG_DONE) return message->data.result;
    return {};
}

// Before it is connected, libcurl 7.88 goes on to the next address only when it is called.
Milliseconds longest_poll_of(CURL* curl) {
    constexpr Milliseconds connecting{50}, connected{1000};
    curl_off_t time = 0;
    curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &time);
    return time == 0 ? connecting : connected;
}

// What libcurl made of it; nothing when a stop was asked for. libcurl keeps the timeout; `end` is for what it does not.
std::optional<CURLcode> carry_out(const Handle& handle, Moment end, const HttpRequest& request) {
    constexpr Milliseconds grace{30};
    const Overdue watched(*handle.sockets, end + grace + grace, request.through_stop);
    CURLM* multi = handle.multi.get();
    if (curl_multi_add_handle(multi, handle.easy.get()) != CURLM_OK) return CURLE_FAILED_INIT;
    for (int running = 1;;) {
        if (curl_multi_perform(multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
        const auto code = finished(multi);
        if (code && !handle.sockets->is_cut()) return code;
        if ((stop_requested() && !request.through_stop) || is_cancelled(request)) return {};
        const auto left = std::chrono::duration_cast<Milliseconds>(end + grace - std::chrono::steady_clock::now());
        if (left.count() <= 0 || code) return CURLE_OPERATION_TIMEDOUT;
        std::vector<curl_waitfd> others;
        if (const int stop = stop_descriptor(); stop >= 0 && !request.through_stop)
            others.push_back({stop, CURL_WAIT_POLLIN, 0});
        if (request.cancel != nullptr && request.cancel->descriptor() >= 0)
            others.push_back({request.cancel->descriptor(), CURL_WAIT_POLLIN, 0});
        curl_multi_poll(multi, others.data(), static_cast<unsigned>(others.size()),
                        static_cast<int>(std::min(left, longest_poll_of(handle.easy.get())).count()), nullptr);
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

}

bool is_cancelled(const HttpRequest& request) { return request.cancel != nullptr && request.cancel->is_asked(); }

bool make_handle(Handle& handle, const std::string& given_addresses) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) return false;
    handle.names = &names_with(given_addresses);
    handle.sockets = std::make_unique<Sockets>();
    handle.multi.reset(curl_multi_init());
    handle.easy.reset(curl_easy_init());
    if (!handle.multi || !handle.easy) return false;
    curl_easy_setopt(handle.easy.get(), CURLOPT_SHARE, handle.names->share());
    return true;
}

Result<void> perform(Handle& handle, Exchange& exchange, Moment end) {
    const HttpRequest& request = exchange.request;
    const auto interrupted = [&] { return could_not("interrupted while asking " + request.url); };
    hide_proxies();
    if (!take_socket(exchange)) return {};
    const bool looked_up = !is_address(exchange.host) && request.socket.empty();
    const auto leave = [&] {
        if (looked_up) handle.names->leave(exchange.host);
    };
    if (looked_up && !handle.names->enter(exchange.host, end)) {
        if (stop_requested()) return interrupted();
        exchange.response.failure = HttpFailure::timeout;
        exchange.response.reason = fmt::format("the name '{}' was not found in time{}", exchange.host,
                                               request.rest_of_deadline ? "; the deadline was over" : "");
        exchange.response.total = request.timeout;
        return {};
    }
    exchange.connecting = leave;
    exchange.sockets = handle.sockets.get();
    exchange.trust = [source = trust_source(request.ca_file)] { return trusted(source); };
    set_up(handle.easy.get(), exchange, std::chrono::ceil<Milliseconds>(end - std::chrono::steady_clock::now()));
    const auto code = carry_out(handle, end, request);
    leave();
    if (!code) return interrupted();
    conclude(handle.easy.get(), *code, exchange);
    return {};
}

}
