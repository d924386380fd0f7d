#include "sys/http/records.h"
#include "base/text.h"
#include "sys/descriptor.h"
#include "sys/digest.h"
#include "sys/http/waiting.h"
#include "sys/permit.h"
#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <sys/socket.h>

namespace fairlead::sys {

namespace {

using DnsMoment = std::chrono::steady_clock::time_point;

struct NameServer {
    sockaddr_storage address{};
    socklen_t size = 0;
    std::string text; // ADDRESS:PORT
};

// `bytes` and `port`: those of `address`, as they stand in it.
template <typename Address>
NameServer server_of(const Address& address, int family, const void* bytes, in_port_t port) {
    NameServer server;
    std::memcpy(&server.address, &address, server.size = sizeof address);
    char text[INET6_ADDRSTRLEN] = "";
    ::inet_ntop(family, bytes, text, sizeof text);
    server.text =
        family == AF_INET ? fmt::format("{}:{}", text, ntohs(port)) : fmt::format("[{}]:{}", text, ntohs(port));
    return server;
}
NameServer server_of(const sockaddr_in& four) { return server_of(four, AF_INET, &four.sin_addr, four.sin_port); }
NameServer server_of(const sockaddr_in6& six) { return server_of(six, AF_INET6, &six.sin6_addr, six.sin6_port); }

Result<NameServer> parse_server(const std::string& text) {
    const auto wrong = [&] {
        return usage(fmt::format("'{}' is not the address of a name server; write 10.0.0.2, 10.0.0.2:5353 or "
                                 "[2001:db8::2]:53",
                                 text));
    };
    std::string host = text, port = "53";
    const bool is_six = std::count(text.begin(), text.end(), ':') > 1;
    const auto bracket = text.find(']');
    if (text.starts_with('[') && bracket != text.npos) {
        host = text.substr(1, bracket - 1);
        if (bracket + 1 < text.size() && text[bracket + 1] != ':') return wrong();
        if (bracket + 1 < text.size()) port = text.substr(bracket + 2);
    } else if (const auto colon = text.find(':'); colon != text.npos && !is_six) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    const auto number = parse_integer(port).value_or(0);
    if (number < 1 || number > 65535) return wrong();
    const auto there = htons(static_cast<std::uint16_t>(number));
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = there;
    if (::inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1) return server_of(four);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = there;
    if (::inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) == 1) return server_of(six);
    return wrong();
}

// Of resolv.conf(5). glibc keeps IPv6 addresses apart.
std::vector<NameServer> system_servers() {
    struct __res_state state {};
    std::vector<NameServer> servers;
    if (::res_ninit(&state) != 0) return servers;
    for (int i = 0; i < std::min(state.nscount, MAXNS); ++i) {
        if (state.nsaddr_list[i].sin_family == AF_INET)
            servers.push_back(server_of(state.nsaddr_list[i]));
        else if (state._u._ext.nsaddrs[i])
            servers.push_back(server_of(*state._u._ext.nsaddrs[i]));
    }
    ::res_nclose(&state);
    return servers;
}

// One exchange with one server: an answer, or why there is none.
struct Told {
    std::optional<DnsAnswer> answer;
    std::string reason;
    bool may_come = false; // it was mute, so that asking again may help
};

class DnsExchange {
  public:
    DnsExchange(const NameServer& server, const RecordsQuestion& asked, const std::string& question, DnsMoment end)
        : server_(server), asked_(asked), question_(question), end_(end) {}

    Result<Told> by_datagram() {
        TRY_VOID(open(SOCK_DGRAM));
        if (!socket_.is_open()) return failed("can't be reached");
        if (::send(socket_.get(), question_.data(), question_.size(), MSG_NOSIGNAL) < 0)
            return failed("can't be reached");
        for (std::string message;;) { // what others send in its name is passed over
            const bool came = TRY(wait(POLLIN));
            if (!came) return mute();
            message.resize(NS_MAXMSG);
            const auto size = ::recv(socket_.get(), message.data(), message.size(), 0);
            if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            if (size < 0) return failed("can't be reached");
            message.resize(static_cast<std::size_t>(size));
            if (auto answer = read_dns_answer(message, question_, asked_.type))
                return Told{std::move(answer), "", false};
        }
    }

    // RFC 1035, 4.2.2: each message behind its length.
    Result<Told> by_stream() {
        TRY_VOID(open(SOCK_STREAM));
        if (!socket_.is_open()) return failed("can't be reached over TCP");
        std::string out;
        out += static_cast<char>(question_.size() >> 8);
        out += static_cast<char>(question_.size() & 0xff);
        out += question_;
        const bool is_open = TRY(wait(POLLOUT));
        if (!is_open) return mute();
        if (::send(socket_.get(), out.data(), out.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(out.size()))
            return failed("can't be reached over TCP");
        std::string message;
        std::size_t wanted = 2;
        while (message.size() < wanted) {
            const bool came = TRY(wait(POLLIN));
            if (!came) return mute();
            char buffer[4096];
            const auto size = ::recv(socket_.get(), buffer, std::min(sizeof buffer, wanted - message.size()), 0);
            if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            if (size == 0) return Told{{}, server_.text + " breaks off its answer", false};
            if (size < 0) return failed("breaks off its answer");
            message.append(buffer, static_cast<std::size_t>(size));
            if (wanted == 2 && message.size() == 2)
                wanted += static_cast<std::size_t>(static_cast<unsigned char>(message[0]) << 8 |
                                                   static_cast<unsigned char>(message[1]));
        }
        auto answer = read_dns_answer(std::string_view(message).substr(2), question_, asked_.type);
        if (!answer || answer->is_cut) return Told{{}, server_.text + " sends something that is not an answer", false};
        return Told{std::move(answer), "", false};
    }

  private:
    Result<void> open(int kind) {
        const auto* address = reinterpret_cast<const sockaddr*>(&server_.address);
        socket_ = Descriptor(::socket(server_.address.ss_family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!socket_.is_open() || ::connect(socket_.get(), address, server_.size) == 0) return {};
        if (errno != EINPROGRESS) socket_.reset();
        return {};
    }
    // False: the time is over.
    Result<bool> wait(short events) const {
        const auto waited = wait_until_ready(socket_.get(), events, end_, asked_.cancel);
        if (waited == Waited::interrupted) return could_not("interrupted while asking " + server_.text);
        return waited == Waited::ready;
    }
    Told failed(std::string_view fact) const {
        return {{}, fmt::format("{} {}: {}", server_.text, fact, reason()), false};
    }
    Told mute() const { return {{}, server_.text + " doesn't answer", true}; }

    const NameServer& server_;
    const RecordsQuestion& asked_;
    const std::string& question_;
    const DnsMoment end_;
    Descriptor socket_;
};

constexpr int no_such_name = 3; // RFC 1035, 4.1.1

bool settles(const DnsAnswer& answer) { return answer.code == 0 || answer.code == no_such_name; }

Records records_from(DnsAnswer answer, const RecordsQuestion& question) {
    using Found = Records::Found;
    Records records{.list = std::move(answer.list), .alias = std::move(answer.alias)};
    if (answer.code == no_such_name) {
        records.found = Found::no_such_name;
        records.reason = fmt::format("there is no name '{}'", question.name);
    } else if (records.list.empty()) {
        records.found = Found::no_such_record;
        records.reason = fmt::format("'{}' has no record of this type", question.name);
    } else {
        records.found = Found::yes;
    }
    return records;
}

Result<std::vector<NameServer>> servers_of(const RecordsQuestion& question) {
    if (question.server.empty()) return system_servers();
    auto server = TRY(parse_server(question.server));
    return std::vector<NameServer>{std::move(server)};
}

Result<Told> ask_server(const NameServer& server, const RecordsQuestion& question, DnsMoment end) {
    const auto id = from_hex(random_hex(2)).value_or("  ");
    const auto number = static_cast<unsigned char>(id[0]) << 8 | static_cast<unsigned char>(id[1]);
    const auto bytes = TRY(dns_question(question.name, question.type, static_cast<std::uint16_t>(number)));
    DnsExchange exchange(server, question, bytes, end);
    auto told = TRY(exchange.by_datagram());
    if (told.answer && told.answer->is_cut) return exchange.by_stream();
    return told;
}

}

Result<void> check_question(const RecordsQuestion& question) {
    TRY_VOID(dns_question(question.name, question.type, 0));
    if (!question.server.empty()) TRY_VOID(parse_server(question.server));
    return {};
}

Result<Records> look_up_records(const RecordsQuestion& question) {
    constexpr Milliseconds one_try{2000}; // another server may know, and a datagram may be lost
    const auto end = std::chrono::steady_clock::now() + question.timeout;
    TRY_VOID(check_question(question));
    const auto servers = TRY(servers_of(question));
    Records none{.reason = "/etc/resolv.conf names no server"};
    for (bool may_come = !servers.empty(); may_come && std::chrono::steady_clock::now() < end;) {
        may_come = false;
        for (const auto& server : servers) {
            TRY_VOID(ask(Act::connect, server.text));
            const auto told =
                TRY(ask_server(server, question, std::min(end, std::chrono::steady_clock::now() + one_try)));
            none.server = server.text;
            if (told.answer && settles(*told.answer)) {
                auto records = records_from(*told.answer, question);
                records.server = server.text;
                return records;
            }
            none.reason =
                told.answer ? fmt::format("{} answers {}", server.text, name_of_rcode(told.answer->code)) : told.reason;
            may_come = may_come || told.may_come;
        }
    }
    return none;
}

}
