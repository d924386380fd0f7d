#pragma once
#include "base/field.h"
#include "config/rows.h"
#include "smoke/check.h"
#include <functional>
#include <span>
#include <string>
#include <string_view>

// Checks that ask something else than one HTTP request: one file and one row each.
namespace fairlead::smoke {

struct Question {
    std::string url; // what is asked, for people: "tls://app.example.org:443"; of a probe over HTTP the URL itself
    Ask ask;
    bool is_http = false; // `url` is asked as any check: with the bearer and the headers of every request, if it may be
    std::optional<Expect> expect; // becomes that of the check
};

// A row of the table. `key` is the key of a check in fairlead.yml (`tls: {host: app.example.org}`), and the scheme of a
// word on the command line (`tls://app.example.org days=14`); a word fills `subject` and the keys named after it.
struct Probe {
    std::string_view key;
    std::string_view help;
    std::string_view subject; // the key that a single word fills: `tcp: "db:5432"` is `tcp: {address: "db:5432"}`
    std::span<const Field> (*fields)();
    // `base`: the address that the check runs against, without '/' at its end; empty if there is none. Error (usage),
    // at its place: the value makes no sense, or it needs a base.
    Result<Question> (*read)(const config::Value& value, const std::string& base);
    // Whether the question depends on the base address, so that it is asked once for each.
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

// The value of a key of a probe, for the place of an error; of a probe that is a single word, the word.
config::Value place_of_key(const config::Value& probe, std::string_view key);

void ask_by(Question question, Check& check); // the check asks this from now on; its name stays

std::span<const Probe* const> probes();
const Probe* find_probe(std::string_view key); // null: there is none

// The address of a path at a base, or the path itself if it is a URL.
std::string address_at(const std::string& base, const std::string& path);

// For judge(): whether the time of the run is over, counted from now, or another failure ended it. `world` must outlive
// it.
std::function<bool()> over_from_now(const World& world);

// The result of an attempt with the retry rules of every check: what a failed connection means, which statuses mean
// that the service is starting.
Attempt judged(sys::HttpResponse response, std::optional<Mismatch> wrong, const World& world);

}
