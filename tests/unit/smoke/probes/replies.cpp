#include "smoke/probes/replies.h"
#include "support/catch.h"

using namespace fairlead::smoke;
using fairlead::test::has;

namespace {

std::string fault_of_smtp(std::string bytes) {
    std::string fault;
    CHECK_FALSE(take_smtp_reply(bytes, fault));
    return fault;
}

std::string postgres_message(char type, const std::string& content) {
    std::string bytes(1, type);
    const auto length = content.size() + 4;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(length >> shift & 0xff);
    return bytes + content;
}

}

TEST_CASE("a reply of SMTP has one line or several") {
    std::string bytes = "220 mail.example.org ESMTP\r\n250-mail\r\n250-PIPELINING\n250 STARTTLS\r\n221\r\nrest", fault;
    const auto greeting = take_smtp_reply(bytes, fault), hello = take_smtp_reply(bytes, fault),
               bye = take_smtp_reply(bytes, fault);
    REQUIRE((greeting && hello && bye));
    CHECK(greeting->text() == "220 mail.example.org ESMTP");
    CHECK(hello->code == 250);
    CHECK(hello->lines == std::vector<std::string>{"mail", "PIPELINING", "STARTTLS"});
    CHECK(bye->code == 221);
    CHECK(bytes == "rest");
    CHECK(fault.empty());
}

TEST_CASE("half of a reply waits for more, and keeps its bytes") {
    const std::string whole = "250-mail.example.org\r\n250 HELP\r\n", line = "+PONG\r\n";
    const auto message = postgres_message('R', std::string("\0\0\0\x05", 4));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::string bytes = whole.substr(0, size), fault;
        CHECK_FALSE(take_smtp_reply(bytes, fault));
        CHECK(fault.empty());
        CHECK(bytes.size() == size);
    }
    for (std::size_t size = 0; size < line.size(); ++size) {
        std::string bytes = line.substr(0, size), fault;
        CHECK_FALSE(take_redis_reply(bytes, fault));
        CHECK(fault.empty());
    }
    for (std::size_t size = 0; size < message.size(); ++size) {
        std::string bytes = message.substr(0, size), fault;
        CHECK_FALSE(take_postgres_message(bytes, fault));
        CHECK(fault.empty());
    }
}

TEST_CASE("what is not SMTP is told") {
    CHECK(fault_of_smtp("HTTP/1.1 400 Bad Request\r\n") ==
          "answers 'HTTP/1.1 400 Bad Request', which is not a reply of SMTP");
    CHECK(fault_of_smtp("250-a\r\n251 b\r\n") == "answers 250 and 251 in one reply");
    CHECK(has(fault_of_smtp(std::string(5000, '2')), "a line of more than 4096 bytes"));
    std::string endless;
    for (int i = 0; i < 200; ++i) endless += "250-x\r\n";
    CHECK(fault_of_smtp(endless) == "answers with more than 100 lines");
    CHECK(has(fault_of_smtp(std::string("\x1b[2J\n", 5)), "\\u001b[2J"));
}

TEST_CASE("a reply of Redis is a word or an error") {
    std::string bytes = "+PONG\r\n-LOADING Redis is loading\r\n", fault;
    const auto pong = take_redis_reply(bytes, fault), loading = take_redis_reply(bytes, fault);
    REQUIRE((pong && loading));
    CHECK_FALSE(pong->is_error);
    CHECK(pong->text == "PONG");
    CHECK(loading->is_error);
    CHECK(loading->text == "LOADING Redis is loading");
    bytes = "$3\r\nabc\r\n";
    CHECK_FALSE(take_redis_reply(bytes, fault));
    CHECK(fault == "answers '$3\\nabc\\n', which is not a reply of Redis");
}

TEST_CASE("a message of PostgreSQL has a type and a length") {
    std::string bytes = postgres_message('N', "x") + postgres_message('R', std::string("\0\0\0\x0a", 4)), fault;
    const auto notice = take_postgres_message(bytes, fault), demand = take_postgres_message(bytes, fault);
    REQUIRE((notice && demand));
    CHECK(notice->type == 'N');
    CHECK(demand->content == std::string("\0\0\0\x0a", 4));
    CHECK(bytes.empty());
    for (std::string wrong :
         {std::string("HTTP/1.1 400"), std::string("R\0\0\0\3", 5), std::string("E\x7f\xff\xff\xff", 5)}) {
        fault.clear();
        CHECK_FALSE(take_postgres_message(wrong, fault));
        CHECK(has(fault, "which is not a message of PostgreSQL"));
    }
}

TEST_CASE("an error of PostgreSQL has its fields in any order, and may be cut") {
    const std::string content("SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0Fpostmaster.c\0\0", 72);
    const auto error = read_postgres_error(content);
    CHECK(error.severity == "FATAL");
    CHECK(error.code == "57P03");
    CHECK(error.message == "the database system is starting up");
    for (std::size_t size = 0; size < content.size(); ++size)
        CHECK(content.find(read_postgres_error(content.substr(0, size)).message) != content.npos);
    CHECK(read_postgres_error("").code.empty());
}
