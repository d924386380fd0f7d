#pragma once
#include "base/secret.h"
#include "base/time.h"
#include "sys/http/client.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Signature version 4 of S3's requests ("Authenticating Requests: Using the Authorization Header" of its reference).
namespace fairlead::backup {

struct S3Keys {
    std::string id;
    Secret key, session; // session: empty for keys that last
};

using Parameters = std::vector<std::pair<std::string, std::string>>; // of a query, decoded

std::string canonical_query(Parameters parameters);

// Sets URL and headers of `request`, whose method, body and `headers` (in lower case) are there. `path`: decoded, with
// its slash. `body_digest`: SHA-256 of the body, 64 hex digits.
void sign(sys::HttpRequest& request, const std::string& endpoint, const std::string& path, const Parameters& parameters,
          const std::string& body_digest, const std::string& region, const S3Keys& keys, SystemTime now);

}
