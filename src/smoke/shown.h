#pragma once
#include "smoke/attempt.h"
#include <string>

// What a failure shows of its request and answer. Secrets are masked.
namespace fairlead::smoke {

// A command line of curl(1) that sends the same request: `curl -X PUT -H 'Accept: text/html' https://...`.
std::string curl_command(const sys::HttpRequest& request);

// "dns 2 ms, connect 3 ms, tls 12 ms, first byte 80 ms, total 81 ms": each from the end of the one before. Empty: there
// was no connection.
std::string split_times(const sys::HttpResponse& response);

Shown shown_exchange(const sys::HttpRequest& request, const sys::HttpResponse& response);

}
