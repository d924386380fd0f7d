#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include <string>

// The common parts of every router's configuration: where it listens, and its owner.
namespace fairlead::deploy {

struct Site {
    std::string host, port; // of the url; an IPv6 address with its brackets
    bool tls = false;
    bool local = false;   // it listens only on this host's loopback address
    bool by_name = false; // neither an IPv4 nor an IPv6 address
    std::string name;     // for upstream, backend and variables: letters, digits and _, not beginning with a digit
    std::string bind;     // the address of a local site: "127.0.0.1", "[::1]"
    std::string mark;     // first line of what we write, with the owner: "# shop, staging: written by ..."
};
// Error (usage): no server can listen at the url, or a name isn't allowed in a configuration.
Result<Site> site_of(const Settings& settings);

Result<void> check_url(const std::string& url); // the same error, for the url alone

}
