#pragma once
#include <string>
#include <string_view>

// Addresses in pages and headers.
namespace fairlead::smoke {

// A URL in a page or a header of `base` (RFC 3986, 5.2), without its fragment. Empty: it isn't an http or https URL.
std::string resolved_url(const std::string& base, std::string_view reference);
// The same for two spellings of one address: case of scheme and host, the default port, an empty path.
std::string normal_url(const std::string& url);

}
