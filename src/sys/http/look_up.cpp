#include "sys/freed.h"
#include "sys/http/seen.h"
#include <algorithm>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sys/socket.h>

namespace fairlead::sys {

namespace {

constexpr int caa_type = 257; // RFC 8659, 4; glibc has no name for it

// Whether an answer (RFC 1035, 4.1) holds such a record: the way there can lead over aliases only.
bool holds_caa(const unsigned char* message, const unsigned char* end) {
    if (end - message < HFIXEDSZ) return false;
    const auto number = [](const unsigned char* at) { return at[0] << 8 | at[1]; };
    const int questions = number(message + 4), answers = number(message + 6);
    const unsigned char* at = message + HFIXEDSZ;
    const auto skip = [&](int fixed) { // a name and what follows it
        const int size = ::dn_skipname(at, end);
        if (size < 0 || end - at < size + fixed) return false;
        at += size + fixed;
        return true;
    };
    for (int i = 0; i < questions; ++i)
        if (!skip(QFIXEDSZ)) return false;
    for (int i = 0; i < answers; ++i) {
        if (!skip(RRFIXEDSZ)) return false;
        if (number(at - RRFIXEDSZ) == caa_type) return true;
        const int size = number(at - 2);
        if (end - at < size) return false;
        at += size;
    }
    return false;
}

// Nothing: the name server didn't say.
std::optional<bool> has_caa(res_state state, const char* name) {
    unsigned char answer[NS_MAXMSG];
    const int size = ::res_nquery(state, name, ns_c_in, caa_type, answer, sizeof answer);
    if (size >= 0)
        return holds_caa(answer, answer + std::min<std::size_t>(static_cast<std::size_t>(size), sizeof answer));
    if (state->res_h_errno == NO_DATA || state->res_h_errno == HOST_NOT_FOUND) return false;
    return std::nullopt;
}

std::optional<bool> has_caa_above(std::string host) {
    struct __res_state state {};
    if (::res_ninit(&state) != 0) return std::nullopt;
    state.retrans = 2; // seconds: some servers drop what they don't know
    state.retry = 1;
    std::optional<bool> found = false;
    constexpr int most_labels = 8;
    for (int label = 0; label < most_labels && found == false && host.find('.') != host.npos; ++label) {
        found = has_caa(&state, host.c_str());
        host.erase(0, host.find('.') + 1);
    }
    ::res_nclose(&state);
    return found;
}

}

NameRecords look_up(const std::string& host) {
    NameRecords records;
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
    const Freed<addrinfo, ::freeaddrinfo> owner(list);
    if (failed == EAI_NONAME || failed == EAI_NODATA) records.found = NameRecords::Found::no;
    if (failed != 0) return records;
    records.found = NameRecords::Found::yes;
    for (const auto* one = list; one; one = one->ai_next) records.v6 |= one->ai_family == AF_INET6;
    records.caa = has_caa_above(host);
    return records;
}

}
