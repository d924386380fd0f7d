#pragma once
#include "smoke/hurl/message.h"
#include "sys/http/client.h"
#include <string>
#include <string_view>

// Resolves the redirects of a Hurl file's requests.
namespace fairlead::smoke::hurl {

// Returns "https://app/x" for "http://127.0.0.1:1/x" if the origin of `asked` stands for the origin of `meant`.
std::string in_place_of(const std::string& url, std::string_view asked, std::string_view meant);

// Returns the URL that a redirect leads to, as browsers and Hurl resolve it; empty: it is not a redirect, or has no
// valid target.
std::string redirect_target(const sys::HttpResponse& response, const std::string& url);

// Changes the message to the next request after an answer with a Location (RFC 9110, 15.4), as usual clients do.
void redirect(Message& message, const sys::HttpResponse& response);

}
