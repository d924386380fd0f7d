#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The items of WebSocket (RFC 6455) as values. Each function removes one whole item from the front of `bytes`. Nothing:
// more bytes are needed, or the server breaks a rule (then `fault` says which).
namespace fairlead::smoke {

constexpr std::size_t websocket_limit = 1u << 20; // limit for a message, and for bytes that wait to be read

// The answer to the request for an upgrade.
struct UpgradeAnswer {
    int status = 0;
    std::string line; // "HTTP/1.1 101 Switching Protocols"
    std::vector<std::pair<std::string, std::string>> headers;
};
std::optional<UpgradeAnswer> take_upgrade_answer(std::string& bytes, std::string& fault);
// Returns the rule of section 4.1 that the answer breaks; empty: none. `protocol`: the requested protocol; may be
// empty.
std::string fault_of_upgrade(const UpgradeAnswer& answer, const std::string& accept, const std::string& protocol);

enum class Opcode { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// Returns a client's frame, masked with a random key of four bytes (5.3).
std::string client_frame(Opcode opcode, std::string_view payload, std::string_view key);

struct Incoming {
    Opcode opcode = Opcode::text; // never continuation, because the parts of a message are joined
    std::string payload;
    int close_code() const; // the code of a close, such as 1000; 1005 if it has none (7.1.5)
    std::string close_reason() const;
};

class IncomingMessages {
  public:
    std::optional<Incoming> take(std::string& bytes, std::string& fault);

  private:
    std::optional<Incoming> begun_; // a message whose last part hasn't arrived yet
};

}
