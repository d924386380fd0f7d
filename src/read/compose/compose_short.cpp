#include "read/compose/compose_short.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>
#include <vector>

namespace fairlead::read {
namespace {

bool is_address(std::string_view text) {
    if (text.find(':') != std::string_view::npos) // an IPv6 one, with what else it may hold
        return text.find_first_not_of("0123456789abcdefABCDEF:.%") == std::string_view::npos;
    const auto parts = split(text, '.');
    return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
               return !part.empty() && part.size() <= 3 && part.find_first_not_of("0123456789") == std::string::npos &&
                      std::stoi(part) <= 255;
           });
}

std::optional<int> port_number(std::string_view text) {
    int value = 0;
    const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stopped != text.data() + text.size() || value < 0 || value > 65535) return std::nullopt;
    return value;
}

std::optional<PortRange> port_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto first = port_number(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : port_number(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    return PortRange{*first, *last};
}

}

std::optional<ShortPort> short_port(std::string_view text) {
    ShortPort result;
    const std::size_t last = text.rfind(':');
    std::string_view container = last == std::string_view::npos ? text : text.substr(last + 1);
    std::string_view host = last == std::string_view::npos ? std::string_view() : text.substr(0, last);
    if (const std::size_t colon = host.rfind(':'); colon != std::string_view::npos) {
        std::string_view address = host.substr(0, colon);
        if (address.size() > 1 && address.front() == '[' && address.back() == ']')
            address = address.substr(1, address.size() - 2);
        if (!address.empty() && !is_address(address)) return std::nullopt;
        result.host_ip = address;
        host.remove_prefix(colon + 1);
    }
    if (const std::size_t slash = container.find('/'); slash != std::string_view::npos) {
        result.protocol = lower(container.substr(slash + 1));
        container = container.substr(0, slash);
        if (result.protocol.empty()) result.protocol = "tcp";
        if (result.protocol != "tcp" && result.protocol != "udp" && result.protocol != "sctp") return std::nullopt;
    }
    const auto range = port_range(container);
    if (!range) return std::nullopt;
    result.container = *range;
    if (host.empty()) return result;
    result.host = port_range(host);
    if (!result.host) return std::nullopt;
    const bool alike = result.host->last - result.host->first == range->last - range->first;
    return alike || range->first == range->last ? std::optional(result) : std::nullopt;
}

ShortVolume short_volume(std::string_view text) {
    ShortVolume result;
    result.type = "volume";
    if (text.size() <= 2) {
        result.target = text;
        if (text.empty()) result.fault = "is an empty volume";
        return result;
    }
    std::vector<std::string_view> parts;
    for (std::size_t start = 0, from = 0; from <= text.size();) {
        const std::size_t colon = std::min(text.find(':', from), text.size());
        const bool drive = colon == start + 1 && colon < text.size() &&
                           ((text[start] | 0x20) >= 'a' && (text[start] | 0x20) <= 'z'); // C:\data
        from = colon + 1;
        if (drive) continue;
        parts.push_back(text.substr(start, colon - start));
        start = from;
    }
    const bool empty = std::any_of(parts.begin(), parts.end(), [](auto part) { return part.empty(); });
    if (empty || parts.size() > 3) {
        result.fault = empty ? "has an empty part between colons" : "has too many colons";
        return result;
    }
    if (parts.size() > 1) result.source = parts[0];
    result.target = parts[parts.size() > 1 ? 1 : 0];
    if (parts.size() > 2)
        for (const std::string& option : split(parts[2], ','))
            if (option == "ro" || option == "rw") result.read_only = option == "ro";
    const std::string& source = result.source;
    const bool drive = source.size() > 1 && source[1] == ':';
    if (!source.empty() &&
        (source[0] == '.' || source[0] == '/' || source[0] == '~' || source.starts_with("\\\\") || drive))
        result.type = "bind";
    return result;
}

}
