#pragma once
#include "smoke/hurl/json_path/json_path.h"
#include "smoke/hurl/values/value.h"
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The differences between answers of the old and of the new release.
namespace fairlead::smoke::compare {

constexpr std::size_t most_differences = 20; // limit for Differences::listed and ::unstable

struct Differences {
    std::vector<std::string> listed; // "JSON /total is 3, was 2"; at most `most_differences`
    std::size_t count = 0;
    // "JSON /time": not compared, because it differs between answers of the old release
    std::vector<std::string> unstable;
    std::size_t unstable_count = 0;

    void add(std::string difference);
    void add_unstable(std::string what);
};

// Host and port of each release, "blue.example.org:8443". Texts count as equal if the only difference is that URLs have
// the host of each release.
struct OwnHosts {
    std::string old, fresh;
};
// Replaces `host` after "://" by "own host", unless a letter, a digit or one of .-:_@ follows it.
std::string without_host(std::string_view text, std::string_view host);
// Returns whether the texts are equal, either as written or after without_host() with each text's host.
bool is_same_text(std::string_view left, std::string_view left_host, std::string_view right,
                  std::string_view right_host);

struct JsonRules {
    std::vector<hurl::JsonPath> ignore;    // the selected values are removed from every answer
    std::vector<hurl::JsonPath> unordered; // lists whose order doesn't matter
};

// Compares by meaning: ignores the order of members, and compares numbers by value (1 and 1.0). `again`: at most two
// further answers of the old release. Values that differ among the old release's answers are unstable. Places are JSON
// pointers (RFC 6901) with the old answer's indexes. Error (no): a path selects too much.
Result<void> add_json_differences(const hurl::Value& old, const hurl::Value& fresh, std::span<const hurl::Value> again,
                                  const JsonRules& rules, const OwnHosts& hosts, Differences& out);

// Compares other bodies: text by lines, anything else by bytes. Lines that differ among answers of the old release are
// unstable.
void add_body_differences(std::string_view old, std::string_view fresh, std::span<const std::string_view> again,
                          const OwnHosts& hosts, Differences& out);

// Returns a server's text for a message: on one line, short, without secrets. `name`: the member's or header's name; if
// it sounds secret ("password"), the text is masked.
std::string shown_text(std::string_view text, std::string_view name = {});

}
