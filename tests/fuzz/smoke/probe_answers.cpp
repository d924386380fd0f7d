#include "smoke/probes/replies.h"
#include "smoke/probes/weak_ciphers.h"
#include "smoke/probes/websocket_frames.h"
#include "sys/http/addresses.h"
#include "sys/http/dns_message.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::smoke;

namespace {

// Everything that is taken off bytes that come in two pieces, and the fault that ends it.
template <typename Take>
std::string transcript(const std::string& text, std::size_t first, Take take) {
    std::string bytes, fault, taken;
    for (const auto& piece : {text.substr(0, first), text.substr(first)}) {
        bytes += piece;
        for (auto before = bytes.size(); fault.empty(); before = bytes.size()) {
            const std::string one = take(bytes, fault);
            if (!fault.empty() && !one.empty()) std::abort();
            if (one.empty()) break;
            if (bytes.size() >= before) std::abort();
            taken += one + "\n";
        }
    }
    return taken + (fault.empty() ? "" : "fault");
}

// It makes no difference how the bytes were cut on their way.
template <typename Make>
void same_in_pieces(const std::string& text, std::size_t first, Make make) {
    if (transcript(text, text.size(), make()) != transcript(text, std::min(first, text.size()), make())) std::abort();
}

auto smtp() {
    return [](std::string& bytes, std::string& fault) {
        const auto reply = take_smtp_reply(bytes, fault);
        if (reply && (reply->code < 0 || reply->code > 999 || reply->lines.empty() || reply->lines.size() > 100))
            std::abort();
        return reply ? reply->text() : "";
    };
}

auto redis() {
    return [](std::string& bytes, std::string& fault) {
        const auto reply = take_redis_reply(bytes, fault);
        return reply ? (reply->is_error ? "-" : "+") + reply->text : "";
    };
}

auto postgres() {
    return [](std::string& bytes, std::string& fault) {
        const auto message = take_postgres_message(bytes, fault);
        if (!message) return std::string();
        const auto error = read_postgres_error(message->content);
        if (error.message.size() + error.code.size() > message->content.size()) std::abort();
        return fmt::format("{}{}", message->type, message->content);
    };
}

auto frames() {
    return [messages = IncomingMessages()](std::string& bytes, std::string& fault) mutable {
        const auto incoming = messages.take(bytes, fault);
        if (!incoming) return std::string();
        if (incoming->opcode == Opcode::continuation || incoming->payload.size() > websocket_limit) std::abort();
        if (incoming->close_reason().size() > incoming->payload.size()) std::abort();
        return fmt::format("{} {} {}", static_cast<int>(incoming->opcode), incoming->close_code(), incoming->payload);
    };
}

void upgrade(const std::string& text) {
    std::string bytes = text, fault;
    const auto answer = take_upgrade_answer(bytes, fault);
    if (answer && (!fault.empty() || answer->status < 100 || answer->status > 999)) std::abort();
    if (answer) fault_of_upgrade(*answer, "x", "");
}

void dns(std::string text) {
    constexpr sys::RecordType types[] = {sys::RecordType::a, sys::RecordType::aaaa, sys::RecordType::cname,
                                         sys::RecordType::mx, sys::RecordType::txt};
    for (const auto type : types) {
        const auto question = sys::dns_question("app.example.org", type, 0x4141);
        if (!question.ok()) std::abort();
        const auto answer = sys::read_dns_answer(text, question.value(), type);
        if (!answer) continue;
        if (answer->list.size() > 256 || answer->code < 0 || answer->code > 15) std::abort();
        for (const auto& one : answer->list)
            if ((type == sys::RecordType::a || type == sys::RecordType::aaaa) && sys::canonical_address(one) != one)
                std::abort();
    }
}

void hello(std::string_view text) {
    const auto answer = read_hello_answer(text);
    if (answer && answer->is_refused + !answer->suite.empty() + !answer->fault.empty() != 1) std::abort();
    if (!answer && text.size() > longest_hello_answer) std::abort();
}

}

// The answers of servers that the probes read: the first byte says which, the second where they are cut.
extern "C" int fuzz_smoke_probe_answers(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t cut = data[1];
    switch (data[0] % 7) {
    case 0: same_in_pieces(text, cut, smtp); break;
    case 1: same_in_pieces(text, cut, redis); break;
    case 2: same_in_pieces(text, cut, postgres); break;
    case 3: same_in_pieces(text, cut, frames); break;
    case 4: upgrade(text); break;
    case 5: dns(text); break;
    default: hello(text);
    }
    return 0;
}
