#pragma once
#include "base/field.h"
#include "config/rows.h"
#include "smoke/check.h"
#include <functional>
#include <span>
#include <string>
#include <string_view>

// Checks that do something other than one HTTP request; each has one file and one row.
namespace fairlead::smoke {

struct Question {
    std::string url; // for messages: "tls://app.example.org:443"; for a probe over HTTP the real URL
    Ask ask;
    bool is_http = false; // `url` gets an ordinary request, with the bearer token (if allowed) and the common headers
    std::optional<Expect> expect; // replaces the check's
};

// A row of the table. `key` is the key of a check in fairlead.yml (`tls: {host: app.example.org}`) and the scheme on
// the command line (`tls://app.example.org days=14`). The rest of that word fills `subject`, the following words fill
// other keys.
struct Probe {
    std::string_view key;
    std::string_view help;
    std::string_view subject; // the key that a single word fills: `tcp: "db:5432"` is `tcp: {address: "db:5432"}`
    std::span<const Field> (*fields)();
    // `base`: the address that the check runs against, without '/' at its end; empty if there is none. Error (usage),
    // at its place: the value makes no sense, or it needs a base.
    Result<Question> (*read)(const config::Value& value, const std::string& base);
    // Returns whether the question depends on the base address, so that it is asked once for each base.
    bool (*needs_base)(const config::Value& value);
};

// Reads a map of the probe's keys, or a single word, which fills `subject`. Error (usage), at its place.
template <typename T>
Result<T> settings_of(const config::Value& value, const config::Rows<T>& rows, std::string T::*subject) {
    T settings;
    if (value.is_map())
        TRY_VOID(rows.read(value, settings));
    else
        settings.*subject = value.text();
    return settings;
}

// Returns the value of a probe's key, for the place of an error; for a probe that is a single word, the word.
config::Value place_of_key(const config::Value& probe, std::string_view key);

void ask_by(Question question, Check& check); // replaces what the check asks; its name stays

std::span<const Probe* const> probes();
const Probe* find_probe(std::string_view key); // null: there is none

// Returns the address of a path relative to a base, or the path itself if it is a URL.
std::string address_at(const std::string& base, const std::string& path);

// For judge(): returns a function that says whether the remaining time, counted from now, is over, or another failure
// ended the run. `world` must outlive it.
std::function<bool()> over_from_now(const World& world);

// Returns the result of an attempt by the usual retry rules: what a failed connection means, and which statuses mean
// that the service is starting.
Attempt judged(sys::HttpResponse response, std::optional<Mismatch> wrong, const World& world);

}
