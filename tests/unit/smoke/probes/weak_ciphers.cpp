#include "smoke/probes/weak_ciphers.h"
#include "support/catch.h"

using namespace fairlead::smoke;
using fairlead::test::has;

namespace {

std::string server_hello(const std::string& session, const std::string& suite) {
    const auto content = "\x03\x03" + std::string(32, 'r') + static_cast<char>(session.size()) + session + suite + '\0';
    const auto message = std::string("\x02\0\0", 3) + static_cast<char>(content.size()) + content;
    return std::string("\x16\x03\x03\0", 4) + static_cast<char>(message.size()) + message;
}

}

TEST_CASE("an offer of weak ciphers is a ClientHello whose lengths are right") {
    const auto hello = weak_client_hello("app.example.org", std::string(32, 'r'));
    const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(hello[i])); };
    CHECK(hello.substr(0, 3) == "\x16\x03\x01");
    CHECK((at(3) << 8 | at(4)) == hello.size() - 5);
    CHECK(at(5) == 1);
    CHECK((at(6) << 16 | at(7) << 8 | at(8)) == hello.size() - 9);
    CHECK(hello.substr(9, 34) == "\x03\x03" + std::string(32, 'r'));
    const std::size_t suites = at(44) << 8 | at(45);
    CHECK(suites % 2 == 0);
    const std::size_t extensions = 46 + suites + 2;
    CHECK((at(extensions) << 8 | at(extensions + 1)) == hello.size() - extensions - 2);
    CHECK(has(hello, "app.example.org"));
    CHECK(has(hello.substr(46, suites), std::string("\0\x05", 2))); // RC4
    CHECK(weak_client_hello("", std::string(32, 'r')).size() == hello.size() - 24);
}

TEST_CASE("the answer to it is an alert, a suite, or something else") {
    const auto refused = read_hello_answer(std::string("\x15\x03\x03\0\x02\x02\x28", 7));
    REQUIRE(refused);
    CHECK(refused->is_refused);
    const auto picked = server_hello("session", std::string("\0\x05", 2));
    REQUIRE(read_hello_answer(picked));
    CHECK_FALSE(read_hello_answer(picked)->is_refused);
    CHECK(read_hello_answer(picked)->suite == "TLS_RSA_WITH_RC4_128_SHA");
    CHECK(read_hello_answer(server_hello("", "\x13\x37"))->suite == "0x1337");
    for (std::size_t size = 0; size < 53; ++size) CHECK_FALSE(read_hello_answer(picked.substr(0, size)));
    REQUIRE(read_hello_answer("HTTP/1.1 400"));
    CHECK(read_hello_answer("HTTP/1.1 400")->fault == "answers 'HTTP/1.1 400', which is not TLS");
    CHECK_FALSE(
        read_hello_answer(std::string("\x16\x03\x03\0\x02\x0b", 6))->fault.empty()); // a Certificate comes first
}
