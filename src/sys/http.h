#pragma once
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include <string>
#include <utility>
#include <vector>

namespace fairlead::sys {

struct HttpRequest {
    std::string method = "GET";
    std::string url;    // http or https; anything else is a usage error
    std::string socket; // path of a unix socket to connect to instead of the host
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    Secret bearer;               // Authorization: Bearer
    Milliseconds timeout{10000}; // the whole attempt
    Milliseconds connect_timeout{5000};
    bool fresh_connection = false; // never one that was kept
    bool follow_redirects = false;
    bool insecure = false;            // certificates are not checked
    std::vector<std::string> resolve; // HOST:PORT:ADDRESS
    std::size_t body_limit = 8u << 20;
};

enum class HttpFailure {
    none,
    resolve,
    refused,
    reset,
    empty_reply,
    timeout,
    tls_handshake,
    certificate,
    too_large,
    other
};
std::string_view name_of(HttpFailure failure);

struct HttpResponse {
    HttpFailure failure = HttpFailure::none; // not none: what follows is incomplete
    std::string reason;                      // of the failure, one line
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers; // of the last response, names as sent
    std::string body;
    Milliseconds dns{0}, connect{0}, tls{0}, first_byte{0}, total{0}; // since the start of the attempt
    bool sent_any = false;                                            // a byte of the request went out
    std::string header(std::string_view name) const;                  // case-blind, the first; empty when absent
};

// One attempt per call; retrying is the caller's decision. Error only for wrong use (Kind::usage) and for what our
// side could not (no descriptors). Safe to use from several threads, each call on its own kept handle.
class Http {
  public:
    virtual ~Http() = default;
    virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

Http& real_http(); // curl, started when first used

}
