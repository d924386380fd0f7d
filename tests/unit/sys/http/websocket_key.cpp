#include "sys/http/websocket_key.h"
#include "support/catch.h"

using namespace fairlead::sys;

TEST_CASE("the answer to a WebSocket key is that of RFC 6455, 1.3") {
    CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    const auto one = new_websocket_key(), other = new_websocket_key();
    CHECK(one.key.size() == 24);
    CHECK(one.key != other.key);
    CHECK(one.accept == websocket_accept(one.key));
}
