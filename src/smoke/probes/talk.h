#pragma once
#include "smoke/settings/probe.h"
#include "sys/http/connection.h"
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// What the probes of other protocols share: the server's address, and one attempt over a connection of its own.
namespace fairlead::smoke {

struct Server {
    std::string host; // an IPv6 address without brackets
    int port = 0;
    std::string socket;          // path of a unix socket instead of host and port
    std::string address() const; // "db:5432", "[::1]:5432"
};
// Parses HOST, HOST:PORT or [IPV6]:PORT. `default_port` 0: the port must be written. Error (usage).
Result<Server> parse_server(std::string_view text, int default_port);

// The error of a key's text, at the key's place; of a probe that is a single word, at the word.
template <typename T>
Result<T> at_key(const config::Value& probe, std::string_view key, Result<T> result) {
    return result.ok() ? result : place_of_key(probe, key).error(result.error().message);
}

enum class Tls { no, yes };
// A request for open(), with the settings that the plan has for every request.
sys::HttpRequest request_to(const Server& server, Tls tls, const World& world);

// Once a call has returned false, failed() says why.
class Talk {
  public:
    explicit Talk(const World& world);
    std::chrono::steady_clock::time_point end() const { return end_; }
    Milliseconds left() const;

    bool open(sys::HttpRequest request, const sys::ConnectionOptions& options = {}); // closes an earlier connection
    bool send(std::string_view bytes);
    // Waits for bytes and appends them to `received`, up to `limit` bytes of it in all. False: the server closed the
    // connection, it has failed, the time is over, or the limit is reached.
    bool receive(std::size_t limit);
    bool is_closed() const { return closed_; }
    std::string received;
    std::string local_address() const { return connection_ ? connection_->local_address() : ""; }
    const sys::HttpResponse& response() const { return response_; } // of the last open()
    sys::HttpResponse& response() { return response_; }

    // The results of the attempt. `rule` is for a failure after the connection was made; one before is smoke/connect.
    Attempt good();
    Attempt failed(std::string_view rule);
    Attempt wrong(std::string_view rule, std::string message);
    Attempt starting(std::string_view rule, std::string message); // it is asked again
    Attempt finish(std::optional<Mismatch> wrong);

  private:
    bool has_failed(sys::HttpFailure failure, std::string reason);

    const World& world_;
    const std::chrono::steady_clock::time_point start_, end_;
    sys::HttpResponse response_;
    std::unique_ptr<sys::Connection> connection_;
    bool closed_ = false, full_ = false;
};

// Parses what a server must send at some time. Error (usage): empty, or `! ...`: more may come at any time.
Result<Matcher> parse_awaited(std::string_view text);

// Text of a server for a message: one line, cut, without what could steer a terminal.
std::string foreign(std::string_view text);

}
