#pragma once
#include "smoke/settings/probe.h"
#include "sys/http/connection.h"
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Shared by the probes of protocols other than HTTP: the server's address, and one attempt over its own connection.
namespace fairlead::smoke {

struct Server {
    std::string host; // an IPv6 address without brackets
    int port = 0;
    std::string socket;          // path of a unix socket instead of host and port
    std::string address() const; // "db:5432", "[::1]:5432"
};
// Parses HOST, HOST:PORT or [IPV6]:PORT. `default_port` 0: the port must be written. Error (usage).
Result<Server> parse_server(std::string_view text, int default_port);

// Returns the error of a key's value at the key's place or, for a probe that is a single word, at the word.
template <typename T>
Result<T> at_key(const config::Value& probe, std::string_view key, Result<T> result) {
    return result.ok() ? result : place_of_key(probe, key).error(result.error().message);
}

enum class Tls { no, yes };
// Returns a request for open(), with the plan's settings for all requests.
sys::HttpRequest request_to(const Server& server, Tls tls, const World& world);

// After a call has returned false, failed() says why.
class Talk {
  public:
    explicit Talk(const World& world);
    std::chrono::steady_clock::time_point end() const { return end_; }
    Milliseconds left() const;

    bool open(sys::HttpRequest request, const sys::ConnectionOptions& options = {}); // closes an earlier connection
    bool send(std::string_view bytes);
    // Waits for bytes and appends them to `received`, up to a total of `limit` bytes. False: the server closed the
    // connection, it has failed, the time is over, or the limit is reached.
    bool receive(std::size_t limit);
    bool is_closed() const { return closed_; }
    std::string received;
    std::string local_address() const { return connection_ ? connection_->local_address() : ""; }
    const sys::HttpResponse& response() const { return response_; } // of the last open()
    sys::HttpResponse& response() { return response_; }

    // The results of the attempt. `rule` is for a failure after the connection was made; an earlier failure has
    // smoke/connect.
    Attempt good();
    Attempt failed(std::string_view rule);
    Attempt wrong(std::string_view rule, std::string message);
    Attempt starting(std::string_view rule, std::string message); // the attempt will be repeated
    Attempt finish(std::optional<Mismatch> wrong);

  private:
    bool has_failed(sys::HttpFailure failure, std::string reason);

    const World& world_;
    const std::chrono::steady_clock::time_point start_, end_;
    sys::HttpResponse response_;
    std::unique_ptr<sys::Connection> connection_;
    bool closed_ = false, full_ = false;
};

// Parses a text that a server must send at some time. Error (usage): it is empty, or a negation (`! ...`), which could
// never be confirmed.
Result<Matcher> parse_awaited(std::string_view text);

// Makes a server's text safe for a message: one line, cut, without control characters.
std::string foreign(std::string_view text);

}
