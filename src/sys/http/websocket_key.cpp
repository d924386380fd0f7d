#include "sys/http/websocket_key.h"
#include "base/text.h"
#include "sys/digest.h"
#include "sys/freed.h"
#include <openssl/evp.h>

namespace fairlead::sys {

std::string websocket_accept(const std::string& key) {
    const auto text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    check_memory(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr) == 1);
    return base64({reinterpret_cast<const char*>(digest), size});
}

WebSocketKey new_websocket_key() {
    constexpr int key_bytes = 16;
    const auto key = base64(from_hex(random_hex(key_bytes)).value_or(""));
    return {key, websocket_accept(key)};
}

}
