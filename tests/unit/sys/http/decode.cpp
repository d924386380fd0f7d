#include "sys/http/decode.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

const std::string gzipped("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00"
                          "\x00\x00",
                          25); // "hello"

}

TEST_CASE("a body is decoded by what its header names") {
    for (const auto* coding : {"gzip", "x-gzip", "GZIP", " gzip ", "identity, gzip"}) {
        INFO(coding);
        const auto body = decode_body(gzipped, coding, 100);
        REQUIRE(body.ok());
        CHECK(body.value() == "hello");
    }
    CHECK(decode_body("hello", "", 100).value() == "hello");
    CHECK(decode_body("hello", "identity", 100).value() == "hello");
    CHECK(decode_body("", "gzip", 100).value().empty());
}

TEST_CASE("a compressed body that is cut short at any byte is not a body") {
    for (std::size_t size = 1; size < gzipped.size(); ++size) {
        INFO(size);
        CHECK_FALSE(decode_body(gzipped.substr(0, size), "gzip", 100).ok());
    }
    CHECK_FALSE(decode_body(gzipped + "more", "gzip", 100).ok());
}

TEST_CASE("a body is no larger than its limit, and in no coding that is not read") {
    CHECK_FALSE(decode_body(gzipped, "gzip", 4).ok());
    CHECK(decode_body("hello", "br", 100).error().message.find("'br'") != std::string::npos);
    CHECK_FALSE(decode_body(gzipped, "deflate, gzip", 100).ok());
}
