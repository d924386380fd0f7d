#include "smoke/probes/websocket_frames.h"
#include "base/text.h"
#include "smoke/probes/talk.h"
#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr std::size_t longest_head = 64u << 10, longest_control = 125;

struct Frame {
    bool is_last = false;
    Opcode opcode = Opcode::text;
    std::string payload;
};

bool is_control(Opcode opcode) { return opcode >= Opcode::close; }

std::size_t frame_byte(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

// Size of the frame's head and of its payload (5.2); nothing: more bytes are needed.
std::optional<std::pair<std::size_t, std::uint64_t>> sizes_of(std::string_view bytes) {
    if (bytes.size() < 2) return {};
    const auto written = frame_byte(bytes, 1) & 0x7f;
    const std::size_t more = written == 126 ? 2 : written == 127 ? 8 : 0;
    if (bytes.size() < 2 + more) return {};
    std::uint64_t length = more == 0 ? written : 0;
    for (std::size_t i = 0; i < more; ++i) length = length << 8 | frame_byte(bytes, 2 + i);
    return std::pair{2 + more, length};
}

std::optional<Frame> take_frame(std::string& bytes, std::string& fault) {
    const auto sizes = sizes_of(bytes);
    if (!sizes) return {};
    const auto [head, length] = *sizes;
    const auto first = frame_byte(bytes, 0);
    const auto code = first & 0x0f;
    Frame frame{(first & 0x80) != 0, static_cast<Opcode>(code), {}};
    if ((first & 0x70) != 0) fault = "sends a frame with reserved bits, without an extension that uses them";
    if ((frame_byte(bytes, 1) & 0x80) != 0) fault = "sends a masked frame, which only clients may";
    if ((code > 2 && code < 8) || code > 10) fault = fmt::format("sends a frame of the unknown type {}", code);
    if (is_control(frame.opcode) && (!frame.is_last || length > longest_control))
        fault = "sends a control frame that is longer than 125 bytes or is divided";
    if (length > websocket_limit) fault = fmt::format("sends a message of {} bytes; at most 1 MiB is read", length);
    if (!fault.empty() || bytes.size() - head < length) return {};
    frame.payload = bytes.substr(head, static_cast<std::size_t>(length));
    bytes.erase(0, head + static_cast<std::size_t>(length));
    return frame;
}

std::string value_of_header(const UpgradeAnswer& answer, std::string_view name) {
    std::string value;
    for (const auto& [key, text] : answer.headers)
        if (lower(key) == name) value += (value.empty() ? "" : ", ") + text;
    return value;
}

bool lists(const std::string& value, std::string_view word) {
    const auto parts = split(lower(value), ',');
    return std::any_of(parts.begin(), parts.end(),
                       [&](const auto& part) { return trim(std::string_view(part)) == word; });
}

}

std::optional<UpgradeAnswer> take_upgrade_answer(std::string& bytes, std::string& fault) {
    constexpr std::string_view beginning = "HTTP/1.";
    const auto begun = std::string_view(bytes).substr(0, beginning.size());
    if (!beginning.starts_with(begun)) {
        fault = fmt::format("answers '{}', which is not HTTP/1.1", foreign(bytes));
        return {};
    }
    const auto end = bytes.find("\r\n\r\n");
    if (end == bytes.npos || end > longest_head) {
        if (bytes.size() > longest_head) fault = "answers with headers of more than 64 KiB";
        return {};
    }
    UpgradeAnswer answer;
    for (const auto& line : split(std::string_view(bytes).substr(0, end), '\n')) {
        const auto text = trim(std::string_view(line));
        if (answer.line.empty()) {
            answer.line = text;
        } else if (const auto colon = text.find(':'); colon != text.npos) {
            answer.headers.emplace_back(trim(text.substr(0, colon)), trim(text.substr(colon + 1)));
        }
    }
    const auto code = answer.line.size() >= 12 ? answer.line.substr(9, 3) : "";
    answer.status = static_cast<int>(parse_integer(code).value_or(0));
    if (answer.status < 100) fault = fmt::format("answers '{}', which has no status", foreign(answer.line));
    if (!fault.empty()) return {};
    bytes.erase(0, end + 4);
    return answer;
}

std::string fault_of_upgrade(const UpgradeAnswer& answer, const std::string& accept, const std::string& protocol) {
    const auto header = [&](std::string_view name) { return value_of_header(answer, name); };
    if (!lists(header("upgrade"), "websocket"))
        return fmt::format("header Upgrade is '{}', expected websocket", foreign(header("upgrade")));
    if (!lists(header("connection"), "upgrade"))
        return fmt::format("header Connection is '{}', expected Upgrade", foreign(header("connection")));
    if (header("sec-websocket-accept") != accept)
        return fmt::format("header Sec-WebSocket-Accept is '{}', expected '{}' for the key that was sent",
                           foreign(header("sec-websocket-accept")), accept);
    if (!header("sec-websocket-extensions").empty())
        return fmt::format("uses the extension '{}', which was not offered",
                           foreign(header("sec-websocket-extensions")));
    if (header("sec-websocket-protocol") != protocol)
        return fmt::format("header Sec-WebSocket-Protocol is '{}', expected '{}'",
                           foreign(header("sec-websocket-protocol")), protocol);
    return {};
}

std::string client_frame(Opcode opcode, std::string_view payload, std::string_view key) {
    std::string frame;
    frame += static_cast<char>(0x80 | static_cast<int>(opcode));
    const auto size = payload.size();
    const std::size_t more = size <= 125 ? 0 : size <= 0xffff ? 2 : 8;
    frame += static_cast<char>(0x80 | (more == 0 ? size : more == 2 ? 126 : 127));
    for (std::size_t i = more; i > 0; --i) frame += static_cast<char>(size >> (8 * (i - 1)) & 0xff);
    frame += key;
    for (std::size_t i = 0; i < size; ++i) frame += static_cast<char>(payload[i] ^ key[i % key.size()]);
    return frame;
}

int Incoming::close_code() const {
    constexpr int no_code = 1005;
    return payload.size() < 2 ? no_code : static_cast<int>(frame_byte(payload, 0) << 8 | frame_byte(payload, 1));
}

std::string Incoming::close_reason() const { return payload.size() <= 2 ? "" : payload.substr(2); }

std::optional<Incoming> IncomingMessages::take(std::string& bytes, std::string& fault) {
    while (auto frame = take_frame(bytes, fault)) {
        const bool continues = frame->opcode == Opcode::continuation;
        if (is_control(frame->opcode)) {
            if (frame->opcode == Opcode::close && frame->payload.size() == 1)
                fault = "sends a close frame with half of a code";
            if (!fault.empty()) return {};
            return Incoming{frame->opcode, std::move(frame->payload)};
        }
        if (continues != begun_.has_value())
            fault = continues ? "goes on with a message that was not begun" : "begins a message within another";
        if (continues && begun_ && begun_->payload.size() + frame->payload.size() > websocket_limit)
            fault = "sends a message of more than 1 MiB";
        if (!fault.empty()) return {};
        if (!begun_) begun_ = Incoming{frame->opcode, {}};
        begun_->payload += frame->payload;
        if (!frame->is_last) continue;
        auto whole = std::exchange(begun_, std::nullopt);
        if (whole->opcode == Opcode::text && !valid_utf8(whole->payload)) {
            fault = "sends a text that is not UTF-8";
            return {};
        }
        return whole;
    }
    return {};
}

}
