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
        assertion, // the answer isn't what the file expects
        target,    // there is no complete answer
        script,    // the file itself is wrong: an undefined variable, a URL that is none
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
    bool was_retried = false; // it passed, but not at once
    std::string last_fault;   // of the try before
    std::string output;       // for the report, of `output: -`
    Shown shown;              // of the last failed attempt
};

Played unasked(const Entry& entry); // before it was reached

struct Stage {
    sys::Http& http;
    sys::Clock& clock;
    sys::Clock::Steady end; // nothing goes on after it
    const sys::Cancel* cancel = nullptr;
    const Files& files;
    Settings settings; // of every entry, which its own options change
    std::size_t body_limit = 8u << 20;
    bool continue_on_error = false;
    bool include = false;          // the head of an answer before its body in `output`
    std::int64_t from = 1, to = 0; // entries, from 1, ends included; 0: the last
    std::string ca_file;           // PEM; of entries without `cacert`
    // Whether the service is still starting, by an answer; then the file's first request is sent again. May be empty.
    std::function<bool(const std::string& method, const sys::HttpResponse& response)> is_starting = {};
    // Sends a request to another address than its URL says; may be empty.
    std::function<void(sys::HttpRequest& request)> readdress = {};
};

// The result of each entry in order, also of those that were not reached. `scope` gets the captures. Error (could_not):
// a stop was requested.
Result<std::vector<Played>> play(const File& file, const Stage& stage, Scope& scope);

}
