#pragma once
#include "smoke/hurl/message.h"
#include "sys/http/client.h"
#include <string>
#include <string_view>

// Where redirects of a Hurl file's requests lead.
namespace fairlead::smoke::hurl {

// "http://127.0.0.1:1/x" as "https://app/x", if the one origin stands for the other.
std::string in_place_of(const std::string& url, std::string_view asked, std::string_view meant);

// The URL that a redirect leads to, as browsers and Hurl resolve it; empty: this is no redirect, or it leads nowhere.
std::string redirect_target(const sys::HttpResponse& response, const std::string& url);

// The next request after an answer with a Location: RFC 9110, 15.4, as clients have it.
void redirect(Message& message, const sys::HttpResponse& response);

}
