#pragma once
#include "sys/descriptor.h"
#include "sys/freed.h"
#include "sys/http/client.h"
#include <curl/curl.h>
#include <functional>
#include <memory>
#include <openssl/types.h>

// One attempt as libcurl sees it: what it is told, what it hands over, and what its answer means.
namespace fairlead::sys {

using CurlList = Freed<curl_slist, curl_slist_free_all>;

// What one attempt collects. It stays where it is until libcurl is done with it.
struct Exchange {
    explicit Exchange(const HttpRequest& asked);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    const HttpRequest& request;
    HttpResponse response;
    CurlList headers, resolve;
    Descriptor socket; // request.socket
    std::size_t header_bytes = 0;
    std::string too_large;            // what was
    std::string host;                 // of the URL, an IPv6 address without its brackets
    std::function<void()> connecting; // called when the name was found
    std::function<Result<std::shared_ptr<X509_STORE>>()> trust;
    std::string no_trust; // why there are no certificates
    char reason[CURL_ERROR_SIZE] = "";
};

void set_up(CURL* curl, Exchange& exchange, Milliseconds timeout);
void conclude(CURL* curl, CURLcode code, Exchange& exchange); // fills the response

std::string host_of(const std::string& url); // empty: no URL
bool is_address(const std::string& host);    // nothing to look up

// What libcurl reads.
constexpr const char* proxy_variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

}
