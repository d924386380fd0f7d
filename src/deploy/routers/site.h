#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include <string>

// What the configuration of every router says: where it listens, and whose it is.
namespace fairlead::deploy {

struct Site {
    std::string host, port; // of the url; an IPv6 address with its brackets
    bool tls = false;
    bool local = false;   // it listens on this host's own address only
    bool by_name = false; // neither an IPv4 nor an IPv6 address
    std::string name;     // of upstream, backend and variables: letters, digits and _, not beginning with a digit
    std::string bind;     // the address of a local one: "127.0.0.1", "[::1]"
    std::string mark;     // first line of what we write, which tells whose it is: "# shop, staging: written by ..."
};
// Error (usage): the url can't be listened at, or a name has no place in a configuration.
Result<Site> site_of(const Settings& settings);

Result<void> check_url(const std::string& url); // the same error, of the url alone

}
