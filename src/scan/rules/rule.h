#pragma once
#include <span>
#include <string>
#include <string_view>

// The kinds of secret that we know, one row each. Ids are those of gitleaks where it knows the kind, so that lists of
// ignored findings stay valid. Shapes and checksums are the vendors' or, where they publish none, common knowledge.
namespace fairlead::scan {

// What a look at the value alone tells: refuted is no secret, proven needs no further test.
enum class Proof { refuted, unknown, proven };

// How `pattern` becomes a regular expression (to_expression). The secret is its first group that takes part.
enum class Shape {
    token,  // the pattern is the whole secret; it begins after anything but \w, or after an escape (\n, %3D, \u003d),
            // and ends before anything but [\w-]
    sealed, // the pattern is the whole secret and its checksum decides: it may stand anywhere
    near,   // the pattern is the value that is assigned to a name that contains one of the keywords
    raw,    // the pattern is the expression, groups and all; its first \b\b also holds after an escape
    block,  // as raw, and may span lines, beginning in the one with the keyword
};

struct Rule {
    std::string_view id;
    std::string_view title; // "GitHub personal access token"
    Shape shape = Shape::token;
    std::string_view keywords[8]; // lower case; a line is only looked at when it holds one of them
    std::string_view files[12];   // ends of paths that it is for ("/.netrc": that name); none: all. A rule without
                                  // keywords looks at the beginning of each of its files
    std::string_view pattern;     // RE2
    double entropy = 0;           // bits per byte; a value that has no more is no secret
    Proof (*check)(std::string_view secret, std::string_view match) = nullptr;
    // Texts that must be found and must not. A '|' is only a joint (sample() takes it out), so that no scanner stops
    // at this source.
    std::string_view hits[4] = {};
    std::string_view misses[4] = {};
};

std::span<const Rule* const> rules(); // all, in the order of the tables
const Rule* find_rule(std::string_view id);
bool is_for(const Rule& rule, std::string_view path);
std::string to_expression(const Rule& rule);
std::string sample(std::string_view joined); // without its joints

// The tables, one file each; a new kind is one more row in the one where it fits.
std::span<const Rule> forge_rules();   // code hosts and package registries
std::span<const Rule> cloud_rules();   // clouds, hosting, infrastructure
std::span<const Rule> talk_rules();    // chat, mail and language models
std::span<const Rule> service_rules(); // everything else that is bought as a service
std::span<const Rule> key_rules();     // private keys, passwords in URLs, the generic rule
std::span<const Rule> file_rules();    // what only its file tells: saved logins, hashes of passwords, settings

}
