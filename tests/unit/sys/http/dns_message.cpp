#include "sys/http/dns_message.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

constexpr std::uint16_t number = 0x4711;

std::string two(int value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }

std::string dns_question(const std::string& name, RecordType type) {
    auto bytes = dns_question(name, type, number);
    REQUIRE(bytes.ok());
    return bytes.value();
}

std::string record(int type, const std::string& data, const std::string& owner = "\xc0\x0c") {
    return owner + two(type) + two(1) + std::string("\0\0\0\x3c", 4) + two(static_cast<int>(data.size())) + data;
}

// An answer to the question, with these records.
std::string answer(const std::string& asked, const std::vector<std::string>& records, int flags = 0x8180) {
    auto bytes = asked.substr(0, 2) + two(flags) + two(1) + two(static_cast<int>(records.size())) + asked.substr(8);
    for (const auto& one : records) bytes += one;
    return bytes;
}

std::vector<std::string> list_of(RecordType type, const std::vector<std::string>& records) {
    const auto asked = dns_question("app.example.org", type);
    const auto read = read_dns_answer(answer(asked, records), asked, type);
    REQUIRE(read);
    return read->list;
}

const std::string www = std::string("\x03www\x07"
                                    "example\x03org\0",
                                    17);

}

TEST_CASE("a question has the name in labels, the type and the class") {
    CHECK(dns_question("a.bc.", RecordType::mx) == two(number) + std::string("\x01\0\0\x01\0\0\0\0\0\0", 10) +
                                                       std::string("\x01"
                                                                   "a\x02"
                                                                   "bc\0",
                                                                   6) +
                                                       two(15) + two(1));
}

TEST_CASE("a text that can't be a name is wrong use") {
    for (const auto& name :
         {std::string(), std::string("."), std::string("a..b"), std::string(".a"), std::string(64, 'x'),
          std::string("b\xc3\xbc"
                      "cher.example"),
          std::string("a b"), std::string(253, 'x') + ".org"}) {
        const auto asked = dns_question(name, RecordType::a, number);
        INFO(name);
        REQUIRE_FALSE(asked.ok());
        CHECK(asked.error().kind == Kind::usage);
    }
    CHECK(dns_question("_dmarc.example.org", RecordType::txt, number).ok());
}

TEST_CASE("each type of record is read") {
    using List = std::vector<std::string>;
    CHECK(list_of(RecordType::a, {record(1, std::string("\xcb\0\x71\x07", 4))}) == List{"203.0.113.7"});
    CHECK(list_of(RecordType::aaaa, {record(28, std::string(15, '\0') + "\x01")}) == List{"::1"});
    CHECK(list_of(RecordType::cname, {record(5, www)}) == List{"www.example.org"});
    CHECK(list_of(RecordType::mx, {record(15, two(10) + www), record(15, two(20) + "\xc0\x0c")}) ==
          List{"10 www.example.org", "20 app.example.org"});
    CHECK(list_of(RecordType::txt, {record(16, "\x04v=sp\x02"
                                               "f1"),
                                    record(16, std::string("\0", 1))}) == List{"v=spf1", ""});
}

TEST_CASE("the records of a name behind aliases are found, and the last alias is named") {
    const auto asked = dns_question("app.example.org", RecordType::a);
    const auto read = read_dns_answer(answer(asked, {record(5, www), record(1, std::string("\x0a\0\0\x01", 4), www)}),
                                      asked, RecordType::a);
    REQUIRE(read);
    CHECK(read->list == std::vector<std::string>{"10.0.0.1"});
    CHECK(read->alias == "www.example.org");
}

TEST_CASE("an answer says that there is no such name, that the server failed, and that it is cut") {
    const auto asked = dns_question("app.example.org", RecordType::a);
    const auto read = [&](int flags) { return read_dns_answer(answer(asked, {}, flags), asked, RecordType::a); };
    REQUIRE(read(0x8183));
    CHECK(read(0x8183)->code == 3);
    CHECK(read(0x8182)->code == 2);
    CHECK(read(0x8380)->is_cut);
    CHECK(name_of_rcode(2) == "SERVFAIL");
    CHECK(name_of_rcode(11) == "code 11");
    // A server that didn't understand the question need not repeat it.
    const auto bare = asked.substr(0, 2) + two(0x8181) + std::string(8, '\0');
    REQUIRE(read_dns_answer(bare, asked, RecordType::a));
    CHECK(read_dns_answer(bare, asked, RecordType::a)->code == 1);
}

TEST_CASE("what is not an answer to the question is passed over") {
    const auto asked = dns_question("app.example.org", RecordType::a);
    const auto good = answer(asked, {record(1, std::string("\x0a\0\0\x01", 4))});
    REQUIRE(read_dns_answer(good, asked, RecordType::a));
    auto other_id = good, is_question = good, other_name = good;
    other_id[0] ^= 1;
    is_question[2] &= 0x7f;
    other_name[14] ^= 1;
    for (const auto& bytes : {std::string(), other_id, is_question, other_name})
        CHECK_FALSE(read_dns_answer(bytes, asked, RecordType::a));
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(read_dns_answer(good.substr(0, size), asked, RecordType::a));
    // A name that points to itself.
    const auto circle = answer(asked, {record(5, "\xc0\x2d")});
    CHECK_FALSE(read_dns_answer(circle, asked, RecordType::cname));
    // An address of three bytes.
    CHECK_FALSE(read_dns_answer(answer(asked, {record(1, "abc")}), asked, RecordType::a));
}
