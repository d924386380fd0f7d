#pragma once
#include "base/time.h"
#include <optional>
#include <string>
#include <vector>

// What stands before an answer, for whoever judges it.
namespace fairlead::sys {

struct Certificate {
    std::string subject, issuer;    // "CN=app.example.org"
    std::vector<std::string> names; // DNS names of subjectAltName
    SystemTime begins, ends;
};

struct Handshake {
    std::string version;            // "TLSv1.3", as OpenSSL calls it
    std::vector<Certificate> chain; // as the server sent it, its own first
    std::string distrust;           // why it isn't trusted, in OpenSSL's words; empty: it is
    bool is_expired = false;        // that is the reason
    bool names_host = true;         // the server's certificate is for the host that was asked
};

// What the name server says of a host.
struct NameRecords {
    enum class Found { yes, no, unanswered } found = Found::unanswered;
    bool v6 = false;         // it has an AAAA record
    std::optional<bool> caa; // it or a name above has a CAA record (RFC 8659, 3); nothing: that was not answered
};
NameRecords look_up(const std::string& host);

}
