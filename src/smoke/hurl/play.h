#pragma once
#include "smoke/attempt.h"
#include "smoke/hurl/message.h"
#include "smoke/hurl/options.h"
#include "smoke/hurl/scope.h"
#include "smoke/hurl/syntax.h"
#include "sys/cancel.h"
#include "sys/clock.h"
#include "sys/http/client.h"
#include <functional>
#include <string>
#include <vector>

// Plays a Hurl file: sends the requests of its entries in order, and judges the answers.
namespace fairlead::smoke::hurl {

struct Fault {
    enum class Cause {
        assertion, // the answer differs from the file's expectation
        target,    // the server gave no complete answer
        script,    // the file itself is wrong: an undefined variable, an invalid URL
    };
    Cause cause = Cause::assertion;
    std::string rule; // "smoke/status"
    std::string message;
    Spot spot;
};

struct Played {
    const Entry* entry = nullptr;
    std::string method, url; // of the last attempt
    enum class End { passed, failed, skipped, unasked } end = End::unasked;
    int attempts = 0;
    Milliseconds time{0}; // of the last answer
    std::vector<Fault> faults;
    bool was_retried = false; // it passed, but not at the first attempt
    std::string last_fault;   // fault of the attempt before
    std::string output;       // of `output: -`, for the report
    Shown shown;              // of the last failed attempt
};

Played unasked(const Entry& entry); // for an entry that wasn't reached

struct Stage {
    sys::Http& http;
    sys::Clock& clock;
    sys::Clock::Steady end; // the deadline
    const sys::Cancel* cancel = nullptr;
    const Files& files;
    Settings settings; // for every entry, whose own options override them
    std::size_t body_limit = 8u << 20;
    bool continue_on_error = false;
    bool include = false;          // `output` has the head of the answer before its body
    std::int64_t from = 1, to = 0; // first and last played entry, counted from 1; to 0: the last of the file
    std::string ca_file;           // PEM; for entries without `cacert`
    // Returns whether an answer shows that the service is still starting; then the file's first request is sent again.
    // May be empty.
    std::function<bool(const std::string& method, const sys::HttpResponse& response)> is_starting = {};
    // Makes a request go to another address than its URL's; may be empty.
    std::function<void(sys::HttpRequest& request)> readdress = {};
};

// Returns the result of each entry in order, also of entries that were not reached. `scope` gets the captures. Error
// (could_not): a stop was requested.
Result<std::vector<Played>> play(const File& file, const Stage& stage, Scope& scope);

}
