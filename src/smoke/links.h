#pragma once
#include <string>
#include <string_view>

// Addresses in pages and headers.
namespace fairlead::smoke {

// Resolves a URL in a page or a header of `base` (RFC 3986, 5.2), and removes its fragment. Empty: it isn't an http or
// https URL.
std::string resolved_url(const std::string& base, std::string_view reference);
// Normalises a URL, so that all spellings of an address are equal: case of scheme and host, the default port, an empty
// path.
std::string normal_url(const std::string& url);

}
