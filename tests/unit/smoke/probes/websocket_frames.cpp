#include "smoke/probes/websocket_frames.h"
#include "support/catch.h"

using namespace fairlead::smoke;
using fairlead::test::has;

namespace {

std::string server_frame(int first, const std::string& payload) {
    std::string frame(1, static_cast<char>(first));
    const auto size = payload.size();
    if (size < 126) return frame + static_cast<char>(size) + payload;
    frame += size <= 0xffff ? '\x7e' : '\x7f';
    for (int shift = size <= 0xffff ? 8 : 56; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xff);
    return frame + payload;
}

std::string fault_of(std::string bytes) {
    IncomingMessages messages;
    std::string fault;
    while (messages.take(bytes, fault)) {
    }
    return fault;
}

const std::string head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
                         "Sec-WebSocket-Accept: proof\r\n";

std::string fault_of_head(const std::string& text, const std::string& protocol = "") {
    std::string bytes = text + "\r\n", fault;
    const auto answer = take_upgrade_answer(bytes, fault);
    REQUIRE(answer);
    return fault_of_upgrade(*answer, "proof", protocol);
}

}

TEST_CASE("a frame of ours is masked: the example of RFC 6455, 5.7") {
    CHECK(client_frame(Opcode::text, "Hello", "\x37\xfa\x21\x3d") == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    CHECK(client_frame(Opcode::text, std::string(126, 'x'), "keys").substr(0, 4) == std::string("\x81\xfe\0\x7e", 4));
    CHECK(client_frame(Opcode::binary, std::string(70'000, 'x'), "keys").substr(0, 10) ==
          std::string("\x82\xff\0\0\0\0\0\x01\x11\x70", 10));
}

TEST_CASE("messages are put together from their parts, with control frames between") {
    std::string bytes = server_frame(0x01, "Hel") + server_frame(0x89, "are you there") + server_frame(0x80, "lo") +
                        server_frame(0x82, std::string(300, 'y')) +
                        server_frame(0x88, std::string("\x03\xe8"
                                                       "bye",
                                                       5)),
                fault;
    IncomingMessages messages;
    std::vector<Incoming> all;
    while (auto one = messages.take(bytes, fault)) all.push_back(*one);
    CHECK(fault.empty());
    REQUIRE(all.size() == 4);
    CHECK(all[0].opcode == Opcode::ping);
    CHECK(all[1].payload == "Hello");
    CHECK(all[2].payload.size() == 300);
    CHECK(all[3].close_code() == 1000);
    CHECK(all[3].close_reason() == "bye");
    CHECK(Incoming{Opcode::close, ""}.close_code() == 1005);
}

TEST_CASE("a frame may come byte by byte") {
    const auto whole = server_frame(0x81, std::string(200, 'z'));
    std::string bytes, fault;
    IncomingMessages messages;
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
        bytes += whole[i];
        CHECK_FALSE(messages.take(bytes, fault));
    }
    bytes += whole.back();
    REQUIRE(messages.take(bytes, fault));
    CHECK(fault.empty());
}

TEST_CASE("a frame that breaks a rule is told") {
    CHECK(has(fault_of(server_frame(0xc1, "x")), "reserved bits"));
    CHECK(has(fault_of(client_frame(Opcode::text, "x", "keys")), "masked"));
    CHECK(has(fault_of(server_frame(0x83, "x")), "unknown type 3"));
    CHECK(has(fault_of(server_frame(0x8f, "x")), "unknown type 15"));
    CHECK(has(fault_of(server_frame(0x09, "x")), "divided"));
    CHECK(has(fault_of(server_frame(0x89, std::string(126, 'x'))), "125 bytes"));
    CHECK(has(fault_of(server_frame(0x80, "x")), "not begun"));
    CHECK(has(fault_of(server_frame(0x01, "x") + server_frame(0x81, "y")), "within another"));
    CHECK(has(fault_of(server_frame(0x81, "\xff")), "not UTF-8"));
    CHECK(has(fault_of(server_frame(0x88, "x")), "half of a code"));
    CHECK(has(fault_of(std::string("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 10)), "at most 1 MiB"));
    std::string parts = server_frame(0x02, std::string(600'000, 'x'));
    for (int i = 0; i < 3; ++i) parts += server_frame(0x00, std::string(600'000, 'x'));
    CHECK(has(fault_of(parts), "more than 1 MiB"));
}

TEST_CASE("the answer to the upgrade is read, or waited for") {
    std::string bytes, fault;
    for (const char byte : head + "\r") {
        bytes += byte;
        CHECK_FALSE(take_upgrade_answer(bytes, fault));
    }
    bytes += "\n" + server_frame(0x81, "x");
    const auto answer = take_upgrade_answer(bytes, fault);
    REQUIRE(answer);
    CHECK(answer->status == 101);
    CHECK(answer->line == "HTTP/1.1 101 Switching Protocols");
    CHECK(bytes == server_frame(0x81, "x"));
    for (std::string wrong : {"SSH-2.0-OpenSSH\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.\r\n\r\n"}) {
        fault.clear();
        CHECK_FALSE(take_upgrade_answer(wrong, fault));
        CHECK_FALSE(fault.empty());
    }
    bytes = "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x');
    fault.clear();
    CHECK_FALSE(take_upgrade_answer(bytes, fault));
    CHECK(has(fault, "64 KiB"));
}

TEST_CASE("an upgrade has four headers that must be right") {
    CHECK(fault_of_head(head).empty());
    CHECK(fault_of_head(head + "Sec-WebSocket-Protocol: chat\r\n", "chat").empty());
    CHECK(has(fault_of_head("HTTP/1.1 101 x\r\n"), "header Upgrade is '', expected websocket"));
    CHECK(has(fault_of_head("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: close\r\n"),
              "header Connection is 'close'"));
    CHECK(has(
        fault_of_head("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: other\r\n"),
        "Sec-WebSocket-Accept is 'other', expected 'proof'"));
    CHECK(has(fault_of_head(head + "Sec-WebSocket-Extensions: permessage-deflate\r\n"), "permessage-deflate"));
    CHECK(has(fault_of_head(head + "Sec-WebSocket-Protocol: other\r\n", "chat"), "is 'other', expected 'chat'"));
    CHECK(has(fault_of_head(head, "chat"), "is '', expected 'chat'"));
}
