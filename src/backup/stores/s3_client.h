#pragma once
#include "backup/stores/s3_answers.h"
#include "backup/stores/s3_sign.h"
#include "base/result.h"
#include "sys/clock.h"
#include "sys/http/client.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Sends signed requests to one bucket, and repeats them after a failure of the server or the network. May be used from
// several threads.
namespace fairlead::backup {

struct S3Place {
    std::string endpoint, region, bucket; // "https://s3.eu-west-1.amazonaws.com"
    S3Keys keys;
};

struct S3Request {
    std::string method = "GET";
    std::string key; // the object's name; empty: the request is about the bucket
    Parameters parameters;
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string body;
    std::size_t body_limit = 8u << 20; // the largest accepted answer, in bytes
    bool tells_faults = true;          // the answer may have status 200 and still contain an error, as XML
    bool through_stop = false;         // for cleaning up: sent even if a stop was requested, with a short time limit
};

struct S3Answer {
    sys::HttpResponse response;
    std::optional<S3Fault> fault;
    int attempts = 1;
    bool is_good() const { return !fault && response.status >= 200 && response.status < 300; }
    bool is(int status) const { return response.status == status; }
};

class S3Client {
  public:
    S3Client(S3Place place, std::string shown, sys::Http& http, sys::Clock& clock)
        : place_(std::move(place)), shown_(std::move(shown)), http_(http), clock_(clock) {}
    // Returns the server's answer, which may be a refusal. `what` is for messages: "'shop/data' can't be written to".
    // Error (could_not): several attempts got no answer. The request keeps its body, so it can be sent again.
    Result<S3Answer> send(S3Request& request, const std::string& what);
    // Like send(), but a refusal is an error, too.
    Result<S3Answer> done(S3Request& request, const std::string& what);
    Error refused(const S3Answer& answer, const std::string& what) const;

    const std::string& shown() const { return shown_; }
    SystemTime server_time(const sys::HttpResponse& response) const; // from its header Date, or else from our clock
    sys::Clock& clock() const { return clock_; }

  private:
    Result<S3Answer> attempt(S3Request& request, const std::string& digest);

    const S3Place place_;
    const std::string shown_;
    sys::Http& http_;
    sys::Clock& clock_;
};

}
