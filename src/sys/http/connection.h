#pragma once
#include "sys/http/client.h"
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Connections for protocols other than HTTP. Names, certificates, given addresses and time limits are treated as for
// requests (sys/http/client.h); the proxy variables are ignored.
namespace fairlead::sys {

enum class TlsVersion { v1_0, v1_1, v1_2, v1_3 };
std::string_view name_of(TlsVersion version); // "TLSv1.2", as OpenSSL calls it

struct ConnectionOptions {
    std::optional<TlsVersion> newest; // only this version and older ones are offered
    bool wants_staple = false;        // the server must staple an OCSP answer that says that its certificate is good
    bool is_http = false;             // offers http/1.1 in the handshake (ALPN, RFC 7301)
};

// Each call ends at its `end`, at a stop request, or when the request's Cancel is asked. One thread at a time.
class Connection {
  public:
    virtual ~Connection() = default;

    struct Piece {
        std::string bytes;                       // not empty, unless the connection was closed or has failed
        HttpFailure failure = HttpFailure::none; // timeout, or reset
        std::string reason;                      // of the failure, one line
        bool is_closed() const { return failure == HttpFailure::none && bytes.empty(); }
    };
    // Waits for bytes, and returns at most `limit` (1 or more) of them. Error (could_not): interrupted.
    virtual Result<Piece> read(std::size_t limit, std::chrono::steady_clock::time_point end) = 0;
    // Sends everything. The returned piece only says whether sending failed. Error (could_not): interrupted.
    virtual Result<Piece> write(std::string_view bytes, std::chrono::steady_clock::time_point end) = 0;
    virtual std::string local_address() const = 0; // without its port; empty on a unix socket
};

struct Connected {
    std::unique_ptr<Connection> connection; // null: see response.failure
    HttpResponse response;                  // failure, reason, address, times, handshake
};

// Uses these members of the request: url (https: with TLS; only its host and port), socket, timeout, connect_timeout,
// rest_of_deadline, cancel, insecure, ca_file, resolve, connect_to, addresses, fresh_connection, look_at_tls,
// keep_handshake. Errors: as Http::send.
Result<Connected> open_connection(const HttpRequest& request, const ConnectionOptions& options = {});

}
