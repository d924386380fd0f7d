#include "sys/stream/bech32.h"
#include <algorithm>
#include <cctype>
#include <cstdint>

namespace fairlead::sys {
namespace {

constexpr std::string_view letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t checksum_size = 6;

// Adds groups of 5 bits.
class Checksum {
  public:
    explicit Checksum(std::string_view prefix) {
        for (const char letter : prefix) add(static_cast<std::uint8_t>(letter) >> 5);
        add(0);
        for (const char letter : prefix) add(static_cast<std::uint8_t>(letter) & 31);
    }
    void add(unsigned group) {
        constexpr std::uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
        const std::uint32_t top = sum_ >> 25;
        sum_ = (sum_ & 0x1ffffff) << 5 ^ group;
        for (unsigned i = 0; i < 5; ++i)
            if ((top >> i & 1) != 0) sum_ ^= generator[i];
    }
    std::uint32_t value() const { return sum_; }

  private:
    std::uint32_t sum_ = 1;
};

}

std::string to_bech32(std::string_view prefix, std::string_view bytes) {
    Checksum checksum(prefix);
    std::string text = std::string(prefix) + '1';
    const auto put = [&](unsigned group) {
        checksum.add(group);
        text += letters[group];
    };
    unsigned held = 0, bits = 0;
    for (const char byte : bytes) {
        held = (held << 8 | static_cast<std::uint8_t>(byte)) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5) put(held >> (bits - 5) & 31);
    }
    if (bits > 0) put(held << (5 - bits) & 31);
    for (std::size_t i = 0; i < checksum_size; ++i) checksum.add(0);
    const std::uint32_t sum = checksum.value() ^ 1;
    for (unsigned i = 0; i < checksum_size; ++i) text += letters[sum >> (5 * (5 - i)) & 31];
    return text;
}

std::optional<std::string> from_bech32(std::string_view prefix, std::string_view text) {
    std::string lower(text);
    for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    const bool has_lower = std::any_of(text.begin(), text.end(), [](char one) { return one >= 'a' && one <= 'z'; });
    if (has_lower && lower != text) return std::nullopt;
    const auto one = lower.rfind('1');
    if (one == lower.npos || lower.substr(0, one) != prefix || lower.size() - one - 1 < checksum_size)
        return std::nullopt;
    Checksum checksum(prefix);
    std::string bytes;
    unsigned held = 0, bits = 0;
    for (std::size_t i = one + 1; i < lower.size(); ++i) {
        const auto group = letters.find(lower[i]);
        if (group == letters.npos) return std::nullopt;
        checksum.add(static_cast<unsigned>(group));
        if (i + checksum_size >= lower.size()) continue;
        held = (held << 5 | static_cast<unsigned>(group)) & 0xfff;
        if ((bits += 5) < 8) continue;
        bits -= 8;
        bytes += static_cast<char>(held >> bits & 0xff);
    }
    if (checksum.value() != 1 || bits >= 5 || (held & ((1u << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

}
