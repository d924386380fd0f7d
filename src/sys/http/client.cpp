#include "sys/http/client.h"
#include "base/text.h"
#include "sys/http/perform.h"
#include "sys/http/trust.h"
#include "sys/permit.h"
#include <fmt/format.h>
#include <map>

namespace fairlead::sys {

namespace {

// The handle of this thread. A connection that was made with other certificates in trust is not taken again.
Handle* kept(const HttpRequest& request, const TrustSource& trust) {
    thread_local std::map<std::string, Handle> all;
    const std::string given = join(request.resolve, ",");
    Handle& one = all[fmt::format("{}\n{}\n{}", given, trust.file, trust.folder)];
    return one.easy || make_handle(one, given) ? &one : nullptr;
}

// The handle forgets the request, whose buffers go; its connections stay.
class Borrowed {
  public:
    explicit Borrowed(Handle& handle) : handle_(handle) {}
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ~Borrowed() {
        curl_multi_remove_handle(handle_.multi.get(), handle_.easy.get());
        curl_easy_reset(handle_.easy.get());
    }

  private:
    Handle& handle_;
};

class CurlHttp : public Http {
  public:
    Result<HttpResponse> send(const HttpRequest& request) override {
        TRY_VOID(ask(Act::connect, request.url));
        TRY_VOID(check_request(request));
        const auto end = std::chrono::steady_clock::now() + request.timeout;
        Exchange exchange(request);
        Handle* const handle = kept(request, trust_source(request.ca_file));
        if (!handle) return could_not("curl can't be started");
        const Borrowed borrowed(*handle);
        TRY_VOID(perform(*handle, exchange, end));
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
