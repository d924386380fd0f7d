#pragma once
#include "sys/descriptor.h"
#include "sys/freed.h"
#include "sys/http/client.h"
#include <curl/curl.h>
#include <functional>
#include <memory>
#include <openssl/types.h>

// Sets up one attempt of libcurl, collects its output, and interprets its result.
namespace fairlead::sys {

struct ConnectionOptions; // connection.h
class Sockets;            // overdue.h

using CurlList = Freed<curl_slist, curl_slist_free_all>;

// Collects one attempt. It must not move until libcurl has finished.
struct Exchange {
    explicit Exchange(const HttpRequest& asked);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    const HttpRequest& request;
    const ConnectionOptions* bytes = nullptr; // if set, no request is sent: the connection is for another protocol
    HttpResponse response;
    CurlList headers, resolve, connect_to;
    Descriptor socket;          // request.socket
    Sockets* sockets = nullptr; // of the handle
    std::size_t header_bytes = 0;
    bool are_headers_whole = false;   // the empty line after them came
    std::string too_large;            // the part that was too large
    std::string host;                 // host of the URL, an IPv6 address without brackets
    std::function<void()> connecting; // called after the name was looked up
    std::function<Result<std::shared_ptr<X509_STORE>>()> trust;
    std::string no_trust; // why no trusted certificates could be read
    char reason[CURL_ERROR_SIZE] = "";
};

void set_up(CURL* curl, Exchange& exchange, Milliseconds timeout);
void set_bytes(CURL* curl, const ConnectionOptions& options); // for a connection for another protocol
void conclude(CURL* curl, CURLcode code, Exchange& exchange); // fills the response

// whether its own Accept-Encoding has br or deflate; then libcurl decodes the body
bool asks_for_coding(const HttpRequest& request);
std::string host_of(const std::string& url); // empty: the URL is not valid
bool is_address(const std::string& host);    // whether the host is an IP address, which needs no lookup

// The proxy variables that libcurl reads.
constexpr const char* proxy_variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

}
