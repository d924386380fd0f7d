#pragma once
#include "base/time.h"
#include <optional>
#include <string>
#include <vector>

// Facts about TLS and DNS of a server, for checks that judge the server.
namespace fairlead::sys {

struct Certificate {
    std::string subject, issuer;    // "CN=app.example.org"
    std::vector<std::string> names; // DNS names of subjectAltName
    SystemTime begins, ends;
    std::string serial; // hexadecimal digits
    // As OpenSSL prints them (X509_NAME_print_ex(3), XN_FLAG_ONELINE), in the order of the certificate:
    std::string subject_line = {}, issuer_line = {}; // `C = DE, O = "Ex, Inc.", CN = app.example.org`
    std::string alternatives = {};                   // subjectAltName: "DNS:localhost, IP Address:127.0.0.1"
    std::string pem = {};                            // without the last line end
};

struct Handshake {
    std::string version;            // "TLSv1.3", as OpenSSL calls it
    std::vector<Certificate> chain; // as the server sent it, its own certificate first
    std::string distrust;           // OpenSSL's reason why the chain isn't trusted; empty: it is trusted
    bool is_expired = false;        // the chain isn't trusted because it expired
    bool names_host = true;         // the server's certificate is valid for this host
};

// The name server's answer about a host.
struct NameRecords {
    enum class Found { yes, no, unanswered } found = Found::unanswered;
    bool v6 = false;         // the host has an AAAA record
    std::optional<bool> caa; // the host or a parent name has a CAA record (RFC 8659, 3); nothing: no answer
};
NameRecords look_up(const std::string& host);

}
