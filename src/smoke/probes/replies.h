#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Replies of servers as values. Each function removes one whole reply from the front of `bytes`. Nothing: more bytes
// are needed, or they are not a reply (then `fault` says why).
namespace fairlead::smoke {

// RFC 5321, 4.2: "220-mail.example.org ready", then "220 welcome".
struct SmtpReply {
    int code = 0;
    std::vector<std::string> lines; // without the code
    std::string text() const;       // "220 mail.example.org ready", further lines after " / "
};
std::optional<SmtpReply> take_smtp_reply(std::string& bytes, std::string& fault);

// The Redis serialization protocol: "+PONG", "-LOADING Redis is loading the dataset in memory". Only these two types
// are read.
struct RedisReply {
    bool is_error = false;
    std::string text;
};
std::optional<RedisReply> take_redis_reply(std::string& bytes, std::string& fault);

// "Message Formats" in PostgreSQL's documentation, 55.7: a type, the length, then the content.
struct PostgresMessage {
    char type = 0;
    std::string content;
};
std::optional<PostgresMessage> take_postgres_message(std::string& bytes, std::string& fault);
// The content of an ErrorResponse ('E') or NoticeResponse ('N').
struct PostgresError {
    std::string severity, code, message; // "FATAL", "57P03", "the database system is starting up"
};
PostgresError read_postgres_error(std::string_view content);

}
