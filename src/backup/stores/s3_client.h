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

// Requests to one bucket, signed, and asked again where the server or the network failed. Safe to use from several
// threads.
namespace fairlead::backup {

struct S3Place {
    std::string endpoint, region, bucket; // "https://s3.eu-west-1.amazonaws.com"
    S3Keys keys;
};

struct S3Request {
    std::string method = "GET";
    std::string key; // of the object; empty: the bucket
    Parameters parameters;
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string body;
    std::size_t body_limit = 8u << 20; // of the answer
    bool tells_faults = true;          // by XML in its body, whatever its status
    bool through_stop = false;         // on the way back: though a stop was asked for, and not for long
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
    // What the server decided. `what` for messages: "'shop/data' can't be written to". Error (could_not): it decided
    // nothing, though it was asked several times. The request's body stays, for another one.
    Result<S3Answer> send(S3Request& request, const std::string& what);
    // The same, and the decision has to be a good one.
    Result<S3Answer> done(S3Request& request, const std::string& what);
    Error refused(const S3Answer& answer, const std::string& what) const;

    const std::string& shown() const { return shown_; }
    SystemTime server_time(const sys::HttpResponse& response) const; // its Date, or else our clock
    sys::Clock& clock() const { return clock_; }

  private:
    Result<S3Answer> attempt(S3Request& request, const std::string& digest);

    const S3Place place_;
    const std::string shown_;
    sys::Http& http_;
    sys::Clock& clock_;
};

}
