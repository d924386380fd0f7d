#include "smoke/probes/replies.h"
#include "base/text.h"
#include "smoke/probes/talk.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr std::size_t longest_line = 4096;

// Nothing: the line isn't complete, or it is too long.
std::optional<std::string> first_line(std::string_view bytes, std::string& fault) {
    const auto end = bytes.substr(0, longest_line).find('\n');
    if (end == bytes.npos) {
        if (bytes.size() >= longest_line)
            fault = fmt::format("sends a line of more than {} bytes: '{}'", longest_line, foreign(bytes));
        return {};
    }
    auto line = bytes.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return std::string(line);
}

bool is_smtp_line(std::string_view line) {
    return line.size() >= 3 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]) &&
           (line.size() == 3 || line[3] == ' ' || line[3] == '-');
}

}

std::string SmtpReply::text() const { return fmt::format("{} {}", code, join(lines, " / ")); }

std::optional<SmtpReply> take_smtp_reply(std::string& bytes, std::string& fault) {
    constexpr std::size_t most_lines = 100;
    SmtpReply reply;
    std::size_t at = 0;
    for (bool more = true; more;) {
        const auto rest = std::string_view(bytes).substr(at);
        const auto line = first_line(rest, fault);
        if (!line) return {};
        if (!is_smtp_line(*line)) {
            fault = fmt::format("answers '{}', which is not a reply of SMTP", foreign(*line));
            return {};
        }
        const int code = (*line)[0] * 100 + (*line)[1] * 10 + (*line)[2] - '0' * 111;
        if (!reply.lines.empty() && code != reply.code) {
            fault = fmt::format("answers {} and {} in one reply", reply.code, code);
            return {};
        }
        if (reply.lines.size() == most_lines) {
            fault = fmt::format("answers with more than {} lines", most_lines);
            return {};
        }
        reply.code = code;
        reply.lines.push_back(line->size() > 4 ? line->substr(4) : "");
        more = line->size() > 3 && (*line)[3] == '-';
        at += rest.find('\n') + 1;
    }
    bytes.erase(0, at);
    return reply;
}

std::optional<RedisReply> take_redis_reply(std::string& bytes, std::string& fault) {
    if (bytes.empty()) return {};
    const bool is_error = bytes.front() == '-';
    if (!is_error && bytes.front() != '+') {
        fault = fmt::format("answers '{}', which is not a reply of Redis", foreign(bytes));
        return {};
    }
    const auto line = first_line(bytes, fault);
    if (!line) return {};
    bytes.erase(0, bytes.find('\n') + 1);
    return RedisReply{is_error, line->substr(1)};
}

std::optional<PostgresMessage> take_postgres_message(std::string& bytes, std::string& fault) {
    constexpr std::size_t head = 5, longest_message = 64u << 10;
    constexpr std::string_view types = "RENSKZv"; // those that may come before a password was sent
    if (bytes.empty()) return {};
    if (types.find(bytes.front()) == types.npos) {
        fault = fmt::format("answers '{}', which is not a message of PostgreSQL", foreign(bytes));
        return {};
    }
    if (bytes.size() < head) return {};
    std::size_t length = 0;
    for (std::size_t i = 1; i < head; ++i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
    if (length < head - 1 || length > longest_message) {
        fault = fmt::format("answers '{}', which is not a message of PostgreSQL", foreign(bytes));
        return {};
    }
    if (bytes.size() < 1 + length) return {};
    PostgresMessage message{bytes.front(), bytes.substr(head, length - (head - 1))};
    bytes.erase(0, 1 + length);
    return message;
}

PostgresError read_postgres_error(std::string_view content) {
    PostgresError error;
    while (!content.empty() && content.front() != '\0') {
        const char field = content.front();
        const auto end = std::min(content.find('\0'), content.size());
        const auto value = content.substr(1, end - 1);
        if (field == 'S' && error.severity.empty()) error.severity = value;
        if (field == 'C') error.code = value;
        if (field == 'M') error.message = value;
        content.remove_prefix(std::min(end + 1, content.size()));
    }
    return error;
}

}
