#include "sys/http/dns_message.h"
#include "base/text.h"
#include <algorithm>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <resolv.h>

namespace fairlead::sys {

namespace {

constexpr std::size_t most_records = 256, header_size = 12;

void add_16(std::string& bytes, int number) {
    bytes += static_cast<char>(number >> 8);
    bytes += static_cast<char>(number & 0xff);
}

// What is left of a message. Each call fails once the bytes don't suffice.
class DnsBytes {
  public:
    explicit DnsBytes(std::string_view message) : message_(message) {}
    bool skip(std::size_t count) {
        if (message_.size() - at_ < count) return false;
        at_ += count;
        return true;
    }
    std::optional<int> number() {
        if (!skip(2)) return {};
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(message_[i]); };
        return byte(at_ - 2) << 8 | byte(at_ - 1);
    }
    std::optional<std::string_view> bytes(std::size_t count) {
        if (!skip(count)) return {};
        return message_.substr(at_ - count, count);
    }
    std::optional<std::string> name() {
        const auto* start = reinterpret_cast<const unsigned char*>(message_.data());
        char text[NS_MAXDNAME];
        const int size = ::dn_expand(start, start + message_.size(), start + at_, text, sizeof text);
        if (size < 0 || !skip(static_cast<std::size_t>(size))) return {};
        return text;
    }

  private:
    std::string_view message_;
    std::size_t at_ = 0;
};

std::optional<std::string> address_text(int family, std::string_view bytes) {
    char text[INET6_ADDRSTRLEN];
    if (bytes.size() != (family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr))) return {};
    if (!::inet_ntop(family, bytes.data(), text, sizeof text)) return {};
    return text;
}

// RFC 1035, 3.3.14: one or more strings, each after a byte with its length. They are read as one text.
std::optional<std::string> joined_strings(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const std::size_t size = static_cast<unsigned char>(bytes[0]);
        if (bytes.size() < 1 + size) return {};
        text += bytes.substr(1, size);
        bytes.remove_prefix(1 + size);
    }
    return text;
}

std::optional<std::string> record_text(RecordType type, DnsBytes record, std::size_t size) {
    switch (type) {
    case RecordType::a: return address_text(AF_INET, record.bytes(size).value_or(""));
    case RecordType::aaaa: return address_text(AF_INET6, record.bytes(size).value_or(""));
    case RecordType::txt: return joined_strings(record.bytes(size).value_or(""));
    case RecordType::cname: return record.name();
    case RecordType::mx: {
        const auto preference = record.number();
        const auto host = record.name();
        if (!preference || !host) return {};
        return fmt::format("{} {}", *preference, *host);
    }
    }
    return {};
}

// The records behind the question. False: they are malformed.
bool read_records(DnsBytes& rest, int count, RecordType type, DnsAnswer& answer) {
    for (int i = 0; i < count; ++i) {
        const auto owner = rest.name();
        const auto kind = rest.number();
        constexpr std::size_t class_and_time = 6;
        if (!owner || !kind || !rest.skip(class_and_time)) return false;
        const auto size = rest.number();
        DnsBytes data = rest;
        if (!size || !rest.skip(static_cast<std::size_t>(*size))) return false;
        if (*kind == static_cast<int>(RecordType::cname) && type != RecordType::cname) {
            const auto alias = data.name();
            if (!alias) return false;
            answer.alias = *alias;
        }
        if (*kind != static_cast<int>(type)) continue;
        auto text = record_text(type, data, static_cast<std::size_t>(*size));
        if (!text) return false;
        if (answer.list.size() < most_records) answer.list.push_back(std::move(*text));
    }
    return true;
}

}

Result<std::string> dns_question(std::string_view name, RecordType type, std::uint16_t id) {
    constexpr std::size_t longest_name = 253, longest_label = 63;
    const auto wrong = [&](std::string_view fact) { return usage(fmt::format("'{}' is not a name: {}", name, fact)); };
    std::string bytes;
    add_16(bytes, id);
    add_16(bytes, 0x0100); // a question; recursion is wanted
    add_16(bytes, 1);      // one question, no records
    bytes.append(6, '\0');
    auto rest = name;
    if (rest.ends_with('.')) rest.remove_suffix(1);
    if (rest.empty() || rest.size() > longest_name) return wrong("write 1 to 253 characters");
    for (const auto& label : split(rest, '.')) {
        if (label.empty() || label.size() > longest_label)
            return wrong("each part between dots must have 1 to 63 characters");
        if (std::any_of(label.begin(), label.end(), [](char c) { return c <= ' ' || c > '~'; }))
            return wrong("write letters beyond ASCII as DNS has them, such as xn--bcher-kva.example");
        bytes += static_cast<char>(label.size());
        bytes += label;
    }
    bytes += '\0';
    add_16(bytes, static_cast<int>(type));
    add_16(bytes, 1); // of the Internet
    return bytes;
}

std::optional<DnsAnswer> read_dns_answer(std::string_view message, std::string_view question, RecordType type) {
    constexpr int is_answer = 0x8000, opcode = 0x7800, cut = 0x0200, code = 0x000f;
    DnsBytes rest(message);
    const bool has_id = rest.skip(2);
    const auto flags = rest.number(), questions = rest.number(), answers = rest.number();
    if (!has_id || !rest.skip(4) || question.size() < header_size || message.substr(0, 2) != question.substr(0, 2))
        return {};
    if ((*flags & is_answer) == 0 || (*flags & opcode) != 0) return {};
    DnsAnswer answer{.code = *flags & code, .is_cut = (*flags & cut) != 0};
    if (*questions == 0) return answer.code != 0 ? std::optional(answer) : std::nullopt;
    const auto asked = question.substr(header_size);
    const auto repeated = rest.bytes(asked.size());
    if (*questions != 1 || !repeated || lower(*repeated) != lower(asked)) return {};
    if (!answer.is_cut && !read_records(rest, *answers, type, answer)) return {};
    return answer;
}

std::string name_of_rcode(int code) {
    constexpr std::string_view names[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
    const auto number = static_cast<std::size_t>(code);
    return number < std::size(names) ? std::string(names[number]) : fmt::format("code {}", code);
}

}
