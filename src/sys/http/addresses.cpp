#include "sys/http/addresses.h"
#include "sys/descriptor.h"
#include "sys/freed.h"
#include "sys/http/exchange.h"
#include "sys/http/waiting.h"
#include "sys/permit.h"
#include <algorithm>
#include <arpa/inet.h>
#include <cstdint>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>

namespace fairlead::sys {

namespace {

// Of both threads: the one that waits may leave before the resolver answers.
struct AddressQuestion {
    std::string host;
    Descriptor answered{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::mutex guard;
    Addresses answer;
};

std::string address_in(const addrinfo& one) {
    char text[NI_MAXHOST] = "";
    const bool good = ::getnameinfo(one.ai_addr, one.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0;
    return good ? text : "";
}

Addresses ask_resolver(const std::string& host) {
    using Found = Addresses::Found;
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
    const int cause = errno;
    const Freed<addrinfo, ::freeaddrinfo> owner(list);
    Addresses answer;
    if (failed == EAI_NONAME || failed == EAI_NODATA) {
        answer.found = Found::no;
        answer.reason = fmt::format("the name '{}' has no address", host);
        return answer;
    }
    if (failed != 0) {
        const auto why = failed == EAI_SYSTEM ? reason(cause) : std::string(::gai_strerror(failed));
        answer.reason = fmt::format("the name '{}' can't be looked up: {}", host, why);
        return answer;
    }
    answer.found = Found::yes;
    for (const auto* one = list; one; one = one->ai_next) {
        auto text = address_in(*one);
        if (!text.empty() && std::find(answer.list.begin(), answer.list.end(), text) == answer.list.end())
            answer.list.push_back(std::move(text));
    }
    return answer;
}

Addresses unanswered(std::string reason) { return {Addresses::Found::unanswered, {}, std::move(reason)}; }

}

Addresses addresses_of(const std::string& host, Milliseconds timeout, const Cancel* cancel) {
    const auto end = std::chrono::steady_clock::now() + timeout;
    if (is_address(host)) return {Addresses::Found::yes, {host}, ""};
    if (const auto permitted = ask(Act::connect, host); !permitted.ok()) return unanswered(permitted.error().message);
    const auto question = std::make_shared<AddressQuestion>();
    question->host = host;
    if (!question->answered.is_open()) return unanswered("the name can't be looked up: " + reason());
    try {
        std::thread([question] {
            auto answer = ask_resolver(question->host);
            const std::scoped_lock lock(question->guard);
            question->answer = std::move(answer);
            const std::uint64_t one = 1;
            [[maybe_unused]] const auto written = ::write(question->answered.get(), &one, sizeof one);
        }).detach(); // getaddrinfo(3) can't be ended
    } catch (const std::system_error& error) {
        return unanswered(fmt::format("the name '{}' can't be looked up: {}", host, error.what()));
    }
    switch (wait_until_ready(question->answered.get(), POLLIN, end, cancel)) {
    case Waited::ready: break;
    case Waited::time_over:
        return unanswered(fmt::format("the name '{}' was not found within {}", host, format_duration(timeout)));
    case Waited::interrupted: return unanswered("interrupted");
    }
    const std::scoped_lock lock(question->guard);
    return question->answer;
}

std::string canonical_address(const std::string& text) {
    for (const int family : {AF_INET, AF_INET6}) {
        in6_addr room{};
        char written[INET6_ADDRSTRLEN];
        if (::inet_pton(family, text.c_str(), &room) == 1 && ::inet_ntop(family, &room, written, sizeof written))
            return written;
    }
    return {};
}

}
