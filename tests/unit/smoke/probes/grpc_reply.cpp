#include "smoke/probes/grpc_reply.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::smoke;

namespace {

std::string framed_reply(std::string message) {
    std::string prefix("\0\0\0\0", 4);
    return prefix + static_cast<char>(message.size()) + message;
}

std::string reply_fault(const std::string& body) {
    const auto reply = parse_grpc_health_reply(body);
    return reply.ok() ? "" : reply.error().message;
}

}

TEST_CASE("the question of gRPC's health service has its length, and the service as field 1") {
    CHECK(grpc_health_request("") == std::string("\0\0\0\0\0", 5));
    CHECK(grpc_health_request("ab") == std::string("\0\0\0\0\x04\x0A\x02"
                                                   "ab",
                                                   9));
    const auto longer = grpc_health_request(std::string(300, 'x'));
    CHECK(longer.substr(0, 8) == std::string("\0\0\0\x01\x2F\x0A\xAC\x02", 8));
    CHECK(longer.size() == 5 + 3 + 300);
}

TEST_CASE("a reply of gRPC's health service has its status in field 1") {
    CHECK(parse_grpc_health_reply(framed_reply("\x08\x01")).value() == Serving::serving);
    CHECK(parse_grpc_health_reply(framed_reply("\x08\x02")).value() == Serving::not_serving);
    CHECK(parse_grpc_health_reply(framed_reply("")).value() == Serving::unknown);
    // fields that nobody knows: a varint, bytes, 32 and 64 bits; of two statuses the last counts
    CHECK(parse_grpc_health_reply(framed_reply("\x08\x02\x10\x96\x01\x1A\x02hi\x25"
                                               "abcd\x29"
                                               "abcdefgh\x08\x01"))
              .value() == Serving::serving);
    CHECK(static_cast<int>(parse_grpc_health_reply(framed_reply("\x08\x2A")).value()) == 42);
}

TEST_CASE("a broken reply of gRPC's health service says how") {
    CHECK(reply_fault("") == "is cut off: 0 bytes");
    CHECK(reply_fault(std::string("\0\0\0\0\x07\x08\x01", 7)) == "is cut off: 2 of 7 bytes");
    CHECK(reply_fault(std::string("\0\xFF\xFF\xFF\xFF", 5)) == "is cut off: 0 of 4294967295 bytes");
    CHECK(reply_fault(std::string("\x01\0\0\0\x02\x08\x01", 7)) == "is compressed, which was not requested");
    CHECK(reply_fault(framed_reply("\x08\x01") + framed_reply("\x08\x01")) == "has more than one message");
    for (const std::string message : {"\x08", "\x08\x80", "\x1A\x05hi", "\x0B", "\x0C", "\x0F",
                                      "\x25"
                                      "abc",
                                      "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"})
        CHECK(reply_fault(framed_reply(message)) == "is not a message of Protocol Buffers");
    CHECK(reply_fault(framed_reply(std::string("\0\x01", 2))) == "is not a message of Protocol Buffers"); // field 0
}

TEST_CASE("the end of a gRPC call is its last grpc-status") {
    sys::HttpResponse response;
    CHECK_FALSE(grpc_end_of(response));
    response.headers = {{"Grpc-Status", "0"}, {"grpc-status", "14"}, {"grpc-message", "not%20yet"}};
    const auto end = grpc_end_of(response);
    REQUIRE(end);
    CHECK(end->status == 14);
    CHECK(end->message == "not yet");
    CHECK(grpc_status_name(14) == "UNAVAILABLE");
    CHECK(grpc_status_name(99) == "status 99");
    response.headers = {{"grpc-status", "well"}};
    CHECK(grpc_end_of(response)->status == -1);
}
