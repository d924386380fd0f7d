#pragma once
#include "smoke/attempt.h"
#include <string>

// Describes the request and the answer of a failure. Secrets are masked.
namespace fairlead::smoke {

// Returns a command line of curl(1) that sends the same request: `curl -X PUT -H 'Accept: text/html' https://...`.
std::string curl_command(const sys::HttpRequest& request);

// "dns 2 ms, connect 3 ms, tls 12 ms, first byte 80 ms, total 81 ms": each measured from the end of the previous one.
// Empty: there was no connection.
std::string split_times(const sys::HttpResponse& response);

Shown shown_exchange(const sys::HttpRequest& request, const sys::HttpResponse& response);

}
