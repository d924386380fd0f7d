#pragma once
#include "base/time.h"
#include "smoke/hurl/json_path/json_path.h"
#include "smoke/hurl/syntax.h"
#include "sys/http/client.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The options of an entry, one row each. The same rows read the flags with these names, which apply to every entry.
namespace fairlead::smoke::hurl {

struct Settings {
    bool location = false, location_trusted = false;
    std::int64_t max_redirs = 50; // -1: any number
    std::int64_t retry = 0;       // further attempts; -1: until the deadline
    Milliseconds retry_interval{1000}, delay{0};
    std::int64_t repeat = 1; // -1: until the deadline
    bool skip = false;
    Milliseconds max_time{300'000}, connect_timeout{300'000};
    bool insecure = false, compressed = false, path_as_is = false, verbose = false;
    bool cookie_store = true;
    Coercion coercion = Coercion::on;
    std::vector<std::string> headers; // "Name: value"; sent after those of the request
    std::string user;                 // "name:password"
    std::string user_agent;           // for requests without their own; empty: ours
    bool ignore_asserts = false;      // only captures
    std::string output;               // "-": into the report; else a file below the file root
    std::string cacert, cert, key, proxy, no_proxy, unix_socket;
    std::vector<std::string> resolve, connect_to;
    sys::HttpRequest::Version version = sys::HttpRequest::Version::any;
    sys::HttpRequest::Addresses addresses = sys::HttpRequest::Addresses::any;
};

enum class OptionKind {
    boolean,
    integer,      // -1 or more
    milliseconds, // a time; a number without a unit is in milliseconds
    seconds,
    text,
    file, // the name of a file
    variable,
    unsupported, // only Hurl itself has it
};

struct OptionRow {
    std::string_view name;
    OptionKind kind = OptionKind::unsupported;
    void (*set)(Settings& settings, const Value& value) = nullptr; // the value has the type of the kind
    const char* help = nullptr; // of the flag; null: there is no such flag, or the tool has it for all checks
    bool repeats = false;       // the flag may be given several times
};

std::span<const OptionRow> option_rows();
const OptionRow* find_option(std::string_view name); // null: no such option

// Parses `500ms 10s 2m 1h`, or a number in the kind's unit. Error (usage).
Result<Milliseconds> parse_wait(std::string_view text, OptionKind kind);

// Sets an option from a value with resolved placeholders; a text is parsed by the option's kind. Error (usage): the
// value doesn't fit; the message is only about the value.
Result<void> set_option(Settings& settings, const OptionRow& row, const Value& value);

}
