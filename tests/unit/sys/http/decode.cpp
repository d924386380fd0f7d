#include "sys/http/decode.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

const std::string gzipped("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00"
                          "\x00\x00",
                          25); // "hello"

const std::string deflated("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15", 13); // RFC 1950
const std::string brotli("\x0b\x02\x80hello\x03", 9);                                   // RFC 7932

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
    CHECK(decode_body("hello", "compress", 100).error().message.find("'compress'") != std::string::npos);
    CHECK_FALSE(decode_body(gzipped, "deflate, gzip", 100).ok());
    CHECK_FALSE(decode_body(deflated, "deflate", 4).ok());
}

TEST_CASE("deflate and br are read whole, or not at all") {
    CHECK(decode_body(deflated, "deflate", 100).value() == "hello");
    CHECK(decode_body(brotli, "br", 100).value() == "hello");
    for (const auto& [bytes, coding] : {std::pair{deflated, "deflate"}, {brotli, "br"}}) {
        for (std::size_t size = 1; size < bytes.size(); ++size)
            CHECK_FALSE(decode_body(bytes.substr(0, size), coding, 100).ok());
        CHECK_FALSE(decode_body(bytes + "x", coding, 100).ok());
        CHECK_FALSE(decode_body("garbage" + bytes, coding, 100).ok());
    }
}
