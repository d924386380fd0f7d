#pragma once
#include <chrono>
#include <string>
#include <string_view>

// One connection of a strict client, one request at a time on it. Nothing is tried again. Each function that talks
// gives the kind of loss, or nothing: refused, reset, closed (before or inside the answer), timeout, malformed,
// status_502 ...
namespace load {

using Steady = std::chrono::steady_clock;

struct Url {
    std::string host, port, path;
};
Url parse_url(const std::string& text); // http:// only

struct Wish { // of each request
    std::string method = "GET", status = "200";
    int timeout_ms = 15000;
};

class Connection {
  public:
    Connection(const Url& url, const Wish& wish) : url_(url), wish_(wish) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { close(); }

    std::string request(bool keep);
    // POST with a chunked body: `chunks` of 1 KiB, `pause` apart. The answer has to tell "received": their sum.
    std::string stream(int chunks, std::chrono::milliseconds pause);
    // WebSocket (RFC 6455): its opening, one message echoed, its end. open() first; echo() says "ended" where the
    // application closes with 1001 or 1012 and the reason "bye", which ends the conversation without a loss.
    std::string open();
    std::string echo(int number);
    std::string bye();
    void close();
    const std::string& release() const { return release_; } // X-Release of the last answer

  private:
    std::string connect();
    std::string send(std::string_view bytes);
    std::string wait(short events) const;
    std::string receive();
    std::string head(std::string& text);
    std::string answer();
    std::string body(const std::string& head, const std::string& status);
    std::string take(std::size_t count);
    std::string chunks();
    std::string send_frame(int opcode, std::string_view text);
    std::string frame(int& opcode, std::string& text);
    void begin() { deadline_ = Steady::now() + std::chrono::milliseconds(wish_.timeout_ms); }

    const Url url_;
    const Wish& wish_;
    int descriptor_ = -1;
    bool server_closes_ = false;
    std::string buffer_, body_, release_;
    Steady::time_point deadline_;
};

}
