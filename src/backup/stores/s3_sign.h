#pragma once
#include "base/secrets/secret.h"
#include "base/time.h"
#include "sys/http/client.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Signs S3 requests with signature version 4 ("Authenticating Requests: Using the Authorization Header" in S3's
// reference).
namespace fairlead::backup {

struct S3Keys {
    std::string id;
    Secret key, session; // session: empty for permanent keys
};

using Parameters = std::vector<std::pair<std::string, std::string>>; // of a query, decoded

std::string canonical_query(Parameters parameters);

// Sets the URL and headers of `request`. Its method, body and `headers` (names in lower case) must be set before.
// `path` is decoded and begins with a slash. `body_digest`: SHA-256 of the body, 64 hex digits.
void sign(sys::HttpRequest& request, const std::string& endpoint, const std::string& path, const Parameters& parameters,
          const std::string& body_digest, const std::string& region, const S3Keys& keys, SystemTime now);

}
