#pragma once
#include "base/result.h"
#include <memory>
#include <openssl/types.h>
#include <string>

// Loads the trusted certificates for checking servers.
namespace fairlead::sys {

// The source of the certificates: only `ca_file` if it is given, else the variables SSL_CERT_FILE and SSL_CERT_DIR,
// else libcurl's built-in default.
struct TrustSource {
    std::string file, folder;
    std::string named_by; // "SSL_CERT_FILE"; empty: the caller named the file
    bool operator==(const TrustSource&) const = default;
};
TrustSource trust_source(const std::string& ca_file);

// Reads the certificates once per process, because libcurl would parse the file for each connection, 20 ms each. Error
// (usage): the file is missing or has no certificate.
Result<std::shared_ptr<X509_STORE>> trusted(const TrustSource& source);

}
