#pragma once
#include "base/time.h"
#include <string>
#include <vector>

// The addresses behind a host name, for checks that ask each of them.
namespace fairlead::sys {

class Cancel; // sys/cancel.h

struct Addresses {
    enum class Found { yes, no, unanswered } found = Found::unanswered;
    std::vector<std::string> list; // IPv4 and IPv6 in the resolver's order, each once, without brackets
    std::string reason;            // if not found: one line
};
// Asks the system's resolver (getaddrinfo(3)), which also reads /etc/hosts. If `host` is an address, returns it. Ends
// after `timeout`, at a stop request, and when `cancel` (may be null) is asked, even if no name server answers.
Addresses addresses_of(const std::string& host, Milliseconds timeout, const Cancel* cancel);

// Returns the usual spelling of an IPv4 or IPv6 address: "::1" for "0:0::0001". Empty: it is not an address.
std::string canonical_address(const std::string& text);

}
