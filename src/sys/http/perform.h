#pragma once
#include "sys/http/exchange.h"
#include "sys/http/names.h"
#include "sys/http/overdue.h"
#include <chrono>
#include <memory>
#include <string>

// Carries out one attempt of libcurl. It ends early if its time is over, after a stop request, or by the caller's
// Cancel.
namespace fairlead::sys {

using Moment = std::chrono::steady_clock::time_point;
using Easy = Freed<CURL, curl_easy_cleanup>;
using Multi = Freed<CURLM, curl_multi_cleanup>;

// A handle of libcurl; it keeps its connections and TLS sessions.
struct Handle {
    Names* names = nullptr;
    std::unique_ptr<Sockets> sockets; // first member, because the destructors of the others close the sockets
    Multi multi;                      // before the easy handle, so that it is destroyed after it
    Easy easy;
};

// `given_addresses`: of HttpRequest::resolve, joined by commas. False: curl can't be started.
bool make_handle(Handle& handle, const std::string& given_addresses);

// Fills the response of the exchange. Error (could_not): a stop was requested, or the request was cancelled.
Result<void> perform(Handle& handle, Exchange& exchange, Moment end);

bool is_cancelled(const HttpRequest& request);

}
