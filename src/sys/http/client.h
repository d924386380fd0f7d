#pragma once
#include "base/result.h"
#include "base/secrets/secret.h"
#include "base/time.h"
#include "sys/http/seen.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::sys {

class Cancel; // sys/cancel.h

struct HttpRequest {
    std::string method = "GET";
    std::string url;    // http or https; other schemes are a usage error
    std::string socket; // path of a unix socket to connect to instead of the host; see hold_socket (sys/http/sockets.h)
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    Secret bearer;               // Authorization: Bearer
    Milliseconds timeout{10000}; // for the whole attempt
    Milliseconds connect_timeout{5000};
    bool rest_of_deadline = false;    // `timeout` is the rest of a longer deadline, and a timeout error says so
    bool fresh_connection = false;    // makes a new connection for this request
    bool through_stop = false;        // the request goes on after a stop request, to undo something, for example
    const Cancel* cancel = nullptr;   // its ask() ends this attempt at once (could_not); must outlive the attempt
    bool insecure = false;            // certificates are not checked
    std::string ca_file;              // PEM; empty: SSL_CERT_FILE, SSL_CERT_DIR, else the system's
    std::vector<std::string> resolve; // HOST:PORT:ADDRESS
    std::size_t body_limit = 8u << 20;
    // For checks of a server: sends the request even if the certificates are bad, unless it has a secret (in the URL, a
    // header or the bearer).
    bool look_at_tls = false;    // uses a new connection, and fills HttpResponse::handshake
    bool old_tls = false;        // with look_at_tls: offers only TLS 1.0 and 1.1
    bool keep_handshake = false; // fills HttpResponse::handshake, too, but bad certificates end the attempt as usual
    bool look_up = false;        // only for fairlead-fetch: the host is looked up, and nothing is sent

    // For the requests of a script (a Hurl file):
    bool exact = false; // Sends no header about a missing body, and no Content-Type that isn't in `headers`. The body
                        // of the answer stays encoded.
    // http2_prior_knowledge: http:// uses HTTP/2 from the first byte, as gRPC does; https:// works as with http2
    enum class Version { any, http1_0, http1_1, http2, http2_prior_knowledge } version = Version::any;
    enum class Addresses { any, v4, v6 } addresses = Addresses::any;
    std::vector<std::string> connect_to; // HOST:PORT:OTHER:PORT, as in curl's --connect-to
    std::string proxy, no_proxy;         // replace the variables; no_proxy: hosts without a proxy, separated by commas
    std::string certificate, key;        // the client's certificate and key (PEM)
    bool path_as_is = false;             // keeps /../ and /./
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
    HttpFailure failure = HttpFailure::none; // if not none, the fields below are incomplete
    std::string reason;                      // reason of the failure, one line
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers; // of the last response, names as sent
    std::string body;
    std::string version;                                              // "1.1", "2"
    std::string address;                                              // of the server, without its port
    Milliseconds dns{0}, connect{0}, tls{0}, first_byte{0}, total{0}; // since the start of the attempt
    std::string redirect;                            // absolute URL of Location; empty: no redirect, or no valid target
    std::optional<Handshake> handshake;              // with look_at_tls or keep_handshake: the completed part
    std::optional<NameRecords> records;              // with look_up
    bool sent_any = false;                           // at least one byte of the request was sent
    std::string header(std::string_view name) const; // the first header of this name in any case; empty if absent
};

// Checks a request without sending: URL, method, headers and given addresses. Error (usage): send() would refuse it.
Result<void> check_request(const HttpRequest& request);
bool is_http_token(std::string_view text); // RFC 9110, 5.6.2: a name of a header or a method
// Returns "https://app.example.org:443" for a URL, by the parser that also connects. Empty: not an HTTP URL.
std::string origin_of(const std::string& url);
// Checks that the trusted certificates can be read; `ca_file` may be empty (see HttpRequest). Error: usage.
Result<void> check_trust(const std::string& ca_file);
// Does the same with the file's text, which was read before; from then on, this process uses this text instead of the
// file.
Result<void> check_trust_in(const std::string& ca_file, std::string_view pem);

// Sends one request per call; retries are up to the caller. Failures of the server and of libcurl are returned as
// values. Error (usage): wrong use. Error (could_not): a stop was requested, which ends an attempt at once. The timeout
// includes name lookup. Several threads may call it; each call has its own handle, which later calls use again.
class Http {
  public:
    virtual ~Http() = default;
    virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

Http& real_http(); // curl, started when first used

}
