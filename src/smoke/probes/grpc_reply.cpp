#include "smoke/probes/grpc_reply.h"
#include "base/text.h"
#include "base/url.h"
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr std::size_t grpc_prefix = 5; // a byte that says whether the message is compressed, and its length

std::string varint(std::uint64_t number) {
    std::string bytes;
    for (; number > 0x7F; number >>= 7) bytes += static_cast<char>(0x80U | (number & 0x7FU));
    return bytes + static_cast<char>(number);
}

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

// Fields of Protocol Buffers, one after the other.
class GrpcFields {
  public:
    explicit GrpcFields(std::string_view bytes) : bytes_(bytes) {}
    bool at_end() const { return bytes_.empty(); }

    std::optional<std::uint64_t> number() {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < 10 && i < bytes_.size(); ++i) {
            value |= static_cast<std::uint64_t>(byte_at(bytes_, i) & 0x7FU) << (7 * i);
            if ((byte_at(bytes_, i) & 0x80U) != 0) continue;
            bytes_.remove_prefix(i + 1);
            return value;
        }
        return {};
    }

    // What a field of this wire type has; false: it is cut off, or no such type is in use.
    bool skip(std::uint64_t wire) {
        constexpr std::uint64_t as_varint = 0, as_64_bits = 1, as_bytes = 2, as_32_bits = 5;
        std::optional<std::uint64_t> size;
        if (wire == as_varint) return number().has_value();
        if (wire == as_64_bits) size = 8;
        if (wire == as_32_bits) size = 4;
        if (wire == as_bytes) size = number();
        if (!size || *size > bytes_.size()) return false;
        bytes_.remove_prefix(static_cast<std::size_t>(*size));
        return true;
    }

  private:
    std::string_view bytes_;
};

constexpr const char* grpc_names[] = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

}

std::string grpc_health_request(std::string_view service) {
    std::string message;
    if (!service.empty()) message = "\x0A" + varint(service.size()) + std::string(service); // field 1, bytes
    std::string framed(1, '\0');
    for (int shift = 24; shift >= 0; shift -= 8) framed += static_cast<char>((message.size() >> shift) & 0xFFU);
    return framed + message;
}

Result<Serving> parse_grpc_health_reply(std::string_view body) {
    if (body.size() < grpc_prefix) return no(fmt::format("is cut off: {} bytes", body.size()));
    if (body[0] != '\0') return no("is compressed, which was not requested");
    std::size_t length = 0;
    for (std::size_t i = 1; i < grpc_prefix; ++i) length = length << 8U | byte_at(body, i);
    const auto rest = body.size() - grpc_prefix;
    if (length > rest) return no(fmt::format("is cut off: {} of {} bytes", rest, length));
    if (length < rest) return no("has more than one message");
    GrpcFields fields(body.substr(grpc_prefix));
    auto serving = Serving::unknown; // which Protocol Buffers leave out
    while (!fields.at_end()) {
        const auto key = fields.number();
        if (!key) return no("is not a message of Protocol Buffers");
        constexpr std::uint64_t status_key = 1U << 3U; // field 1, varint
        if (*key == status_key) {
            const auto value = fields.number();
            if (!value) return no("is not a message of Protocol Buffers");
            serving = static_cast<Serving>(*value);
        } else if (*key >> 3U == 0 || !fields.skip(*key & 7U)) {
            return no("is not a message of Protocol Buffers");
        }
    }
    return serving;
}

std::optional<GrpcEnd> grpc_end_of(const sys::HttpResponse& response) {
    std::optional<GrpcEnd> end;
    std::string message;
    for (const auto& [name, value] : response.headers) { // trailers come last
        if (lower(name) == "grpc-status") end = GrpcEnd{parse_integer(trim(value)).value_or(-1), {}};
        if (lower(name) == "grpc-message") message = percent_decode(value);
    }
    if (end) end->message = std::move(message);
    return end;
}

std::string grpc_status_name(std::int64_t status) {
    const bool known = status >= 0 && status < static_cast<std::int64_t>(std::size(grpc_names));
    return known ? grpc_names[status] : fmt::format("status {}", status);
}

}
