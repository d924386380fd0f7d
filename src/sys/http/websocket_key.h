#pragma once
#include <string>

// The proof that a server speaks WebSocket (RFC 6455, 4.1 and 4.2.2).
namespace fairlead::sys {

struct WebSocketKey {
    std::string key;    // Sec-WebSocket-Key: random
    std::string accept; // Sec-WebSocket-Accept, which the server must answer
};
WebSocketKey new_websocket_key();
std::string websocket_accept(const std::string& key);

}
