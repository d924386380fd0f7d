// The part of sockets.h about connections of TCP.
#include "base/printable.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/http/sockets.h"
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace fairlead::sys {

namespace {

// Four bytes each, as this machine's memory has them.
std::string words_of(const void* bytes, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t word = 0;
        std::memcpy(&word, static_cast<const char*>(bytes) + i * sizeof word, sizeof word);
        text += fmt::format("{:08X}", word);
    }
    return text;
}

bool is_any(std::string_view address) { return address.find_first_not_of('0') == address.npos; }

// "0100007F:1F40" is at `end`, or, of a listener, at all addresses with its port.
bool listens_for(std::string_view local, const TcpEnd& end) {
    if (local == end.four || local == end.six) return true;
    const auto colon = local.find(':');
    return colon != local.npos && is_any(local.substr(0, colon)) &&
           local.substr(colon) == std::string_view(end.six).substr(end.six.find(':'));
}

}

Result<TcpEnd> tcp_end(const std::string& address) {
    const auto wrong = [&] {
        return usage(fmt::format("'{}' is not an address and port; write 127.0.0.1:8000 or [::1]:8000", address));
    };
    const auto colon = address.rfind(':');
    if (colon == address.npos || colon == 0) return wrong();
    const auto port = parse_integer(address.substr(colon + 1));
    constexpr int largest_port = 65535;
    if (!port.ok() || port.value() < 1 || port.value() > largest_port) return wrong();
    const auto tail = fmt::format(":{:04X}", port.value());
    auto host = address.substr(0, colon);
    if (host.front() == '[') {
        in6_addr six{};
        if (host.back() != ']' || ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &six) != 1)
            return wrong();
        return TcpEnd{"", words_of(&six, 4) + tail};
    }
    in_addr four{};
    if (::inet_pton(AF_INET, host.c_str(), &four) != 1) return wrong();
    const std::uint32_t mapped = htonl(0xFFFF);
    return TcpEnd{words_of(&four, 1) + tail, std::string(16, '0') + words_of(&mapped, 1) + words_of(&four, 1) + tail};
}

TcpUse count_tcp(std::string_view table, const TcpEnd& end) {
    constexpr std::string_view under_way[] = {"01", "02", "03", "0C"}; // ESTABLISHED, SYN_SENT, SYN_RECV, NEW_SYN_RECV
    constexpr std::string_view listening = "0A";
    TcpUse use;
    std::set<std::pair<std::string_view, std::string_view>> seen; // while sockets come and go, the kernel repeats rows
    const auto is_end = [&](std::string_view one) { return one == end.four || one == end.six; };
    while (!table.empty()) {
        std::string_view line = table.substr(0, table.find('\n'));
        table.remove_prefix(std::min(table.size(), line.size() + 1));
        // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
        std::array<std::string_view, 10> columns;
        for (auto& column : columns) {
            line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
            column = line.substr(0, line.find(' '));
            line.remove_prefix(column.size());
        }
        const auto local = columns[1], remote = columns[2], state = columns[3];
        if (local.empty() || state.empty()) continue;
        if (state == listening && listens_for(local, end) && seen.emplace(local, columns.back()).second) {
            ++use.listeners;
            use.inode = columns.back();
        }
        if (std::find(std::begin(under_way), std::end(under_way), state) == std::end(under_way)) continue;
        if ((!is_end(remote) && !is_end(local)) || !seen.emplace(local, remote).second) continue;
        use.to += is_end(remote);
        use.at += is_end(local);
    }
    return use;
}

Result<SocketUse> tcp_use(const std::string& address, int process) {
    const auto end = TRY(tcp_end(address));
    TcpUse use;
    for (const auto* name : {"tcp", "tcp6"}) {
        const auto file = fmt::format("/proc/{}/net/{}", process > 0 ? std::to_string(process) : "self", name);
        if (inspect(file).type == FileType::absent && std::string_view(name) == "tcp6") continue; // a kernel without
        const auto table = TRY(read_file(file));
        const auto more = count_tcp(table, end);
        use.listeners += more.listeners;
        use.to += more.to;
        use.at += more.at;
    }
    return SocketUse{use.listeners, std::max(use.to, use.at)};
}

std::string tcp_listener(const std::string& address) {
    const auto end = tcp_end(address);
    if (!end.ok()) return {};
    std::string socket;
    for (const auto* file : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
        const auto table = read_file(file);
        const auto use = count_tcp(table.ok() ? table.value() : "", end.value());
        if (!use.inode.empty()) socket = fmt::format("socket:[{}]", use.inode);
    }
    const auto processes = list_folder("/proc");
    for (const auto& pid : socket.empty() || !processes.ok() ? std::vector<std::string>{} : processes.value()) {
        const auto folder = fmt::format("/proc/{}/fd/", pid);
        if (!parse_integer(pid).ok()) continue;
        const auto open = list_folder(folder);
        if (!open.ok()) continue; // another user's, or it has ended
        for (const auto& number : open.value()) {
            const auto link = read_link(folder + number);
            if (!link.ok() || link.value() != socket) continue;
            const auto name = read_file(fmt::format("/proc/{}/comm", pid));
            return fmt::format("process {} ({})", pid, one_line(trim(name.ok() ? name.value() : "")));
        }
    }
    return {};
}

}
