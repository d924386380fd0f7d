#pragma once
#include "base/result.h"
#include <memory>
#include <openssl/types.h>
#include <string>

// The certificates that servers are judged by.
namespace fairlead::sys {

// Where they come from: `ca_file` alone when one is given, else what the variables SSL_CERT_FILE and SSL_CERT_DIR say,
// else what libcurl was built with.
struct TrustSource {
    std::string file, folder;
    std::string named_by; // "SSL_CERT_FILE"; empty: the caller
    bool operator==(const TrustSource&) const = default;
};
TrustSource trust_source(const std::string& ca_file);

// Read once per process: libcurl would parse the file again for each connection, 20 ms each. Error (usage): the file
// is missing or holds no certificate.
Result<std::shared_ptr<X509_STORE>> trusted(const TrustSource& source);

}
