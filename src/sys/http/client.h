#pragma once
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "sys/http/seen.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::sys {

struct HttpRequest {
    std::string method = "GET";
    std::string url; // http or https; anything else is a usage error
    std::string
        socket; // path of a unix socket to connect to instead of the host, as hold_socket (sys/http/sockets.h) takes it
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    Secret bearer;               // Authorization: Bearer
    Milliseconds timeout{10000}; // the whole attempt
    Milliseconds connect_timeout{5000};
    bool rest_of_deadline = false;    // that is all that was left for it, and is told where it ran out
    bool fresh_connection = false;    // never one that was kept
    bool through_stop = false;        // asked to its end though a stop was asked for: on a way back, say
    bool insecure = false;            // certificates are not checked
    std::string ca_file;              // PEM; empty: SSL_CERT_FILE, SSL_CERT_DIR, else the system's
    std::vector<std::string> resolve; // HOST:PORT:ADDRESS
    std::size_t body_limit = 8u << 20;
    // For those who judge a server: whatever the certificates are, the request is sent, unless a secret would go along
    // (in the URL, a header, the bearer) to a server that isn't trusted.
    bool look_at_tls = false; // on a connection of its own
    bool old_tls = false;     // with look_at_tls: TLS 1.0 and 1.1 are offered, nothing newer
    bool look_up = false;     // of fairlead-fetch: the host is looked up, and nothing is sent
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
    std::string redirect;               // where Location leads to, whole; empty: nowhere, or it is no redirect
    std::optional<Handshake> handshake; // with look_at_tls, as far as it went
    std::optional<NameRecords> records; // with look_up
    bool sent_any = false;              // a byte of the request went out
    std::string header(std::string_view name) const; // case-blind, the first; empty when absent
};

// What send() would refuse as wrong use (Kind::usage), without sending: URL, method, headers, given addresses.
Result<void> check_request(const HttpRequest& request);
// "https://app.example.org:443" as it would be connected to, by the parser that connects; empty: no URL of HTTP.
std::string origin_of(const std::string& url);
// That the certificates can be read which judge servers; `ca_file` may be empty (see HttpRequest). Error: usage.
Result<void> check_trust(const std::string& ca_file);
// The same of a file that was read already: for this process it holds this text from now on.
Result<void> check_trust_in(const std::string& ca_file, std::string_view pem);

// One attempt per call; retrying is the caller's decision. Whatever a server does is a value, and so is what libcurl
// makes of it; an Error is wrong use (Kind::usage) or a stop that was asked for (could_not). The timeout holds
// whatever the name server does, and a stop ends an attempt at once. Safe to use from several threads, each call on its
// own kept handle.
class Http {
  public:
    virtual ~Http() = default;
    virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

Http& real_http(); // curl, started when first used

}
