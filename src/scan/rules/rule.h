#pragma once
#include <span>
#include <string>
#include <string_view>

// The known kinds of secret, one row each. If gitleaks knows the kind, the id is that of gitleaks, so that lists of
// ignored findings stay valid. Shapes and checksums come from the vendors or, if they publish none, from common
// knowledge.
namespace fairlead::scan {

// The result of checking the value alone: refuted is not a secret, proven needs no further test.
enum class Proof { refuted, unknown, proven };

// How to_expression() makes a regular expression from `pattern`. The secret is the first group that takes part in the
// match.
enum class Shape {
    // the pattern is the whole secret; it begins after anything except \w, or after an escape (\n, %3D, \u003d), and
    // ends before anything except \w, and except '-' if a class of the pattern has that
    token,
    sealed, // the pattern is the whole secret, and its checksum decides: it may be anywhere
    near,   // the pattern is the value that is assigned to a name with one of the keywords
    raw,    // the pattern is the whole expression with its groups; its first \b\b also matches after an escape
    block,  // like raw, but may span lines and begins in the line with the keyword
};

// The severity of a secret in a test. Tests are full of passwords, keys and hashes that open nothing; a token of a
// service was issued by that service, wherever it is found.
// in_packages: every browser that loads a page gets it, so that in somebody else's package it is theirs.
enum class InTests { error, in_packages, warning };

// What a stranger can do with the value alone. The id of a client is reported, but no failure; a password that is
// guessed first is a warning.
enum class Opens { something, little, nothing_alone };

struct Rule {
    std::string_view id;
    std::string_view title;       // "GitHub personal access token"
    std::string_view issuer = {}; // the key of a row of issuer.h: who issues it, what it opens, where it is revoked
    Shape shape = Shape::token;
    std::string_view keywords[8]; // lower case; only lines with one of the keywords are scanned
    // ends of the paths that the rule is for ("/.netrc": that name), or with a `*` what its name looks like, in small
    // letters; none: all files. A rule without keywords scans the beginning of each of its files
    std::string_view files[40];
    std::string_view pattern;   // RE2
    std::string_view each = {}; // RE2: of a block the secrets are its matches in what `pattern` gives
    double entropy = 0;         // bits per byte; a value with this entropy or less is not a secret
    Proof (*check)(std::string_view secret, std::string_view match) = nullptr;
    // Whether the rest of a text behind a keyword may be that of a match; null: it doesn't say
    bool (*follows)(std::string_view rest) = nullptr;
    InTests in_tests = InTests::error;
    Opens opens = Opens::something;
    // Texts that must be found, and texts that must not. A '|' is only a joint that sample() removes, so that scanners
    // don't report this source.
    std::string_view hits[4] = {};
    std::string_view misses[4] = {};
};

std::span<const Rule* const> rules(); // all rules, in the order of the tables
const Rule* find_rule(std::string_view id);
bool is_for(const Rule& rule, std::string_view path);
std::string to_expression(const Rule& rule);
std::string sample(std::string_view joined); // without its joints

// As Rule::follows: a user and a colon behind "://"; what a header or a setting has between "auth" and its value.
bool has_password_in_url(std::string_view rest);
bool is_followed_by_login(std::string_view rest);

// The tables, one file each. A new kind is one more row in the table where it fits.
std::span<const Rule> forge_rules();      // code hosts and package registries
std::span<const Rule> cloud_rules();      // clouds, hosting, infrastructure
std::span<const Rule> talk_rules();       // chat, mail and language models
std::span<const Rule> service_rules();    // all other paid services
std::span<const Rule> prefixed_rules();   // more tokens of all these, a line each
std::span<const Rule> named_rules();      // secrets that only the name beside them tells
std::span<const Rule> identifier_rules(); // ids of clients and keys for every visitor
std::span<const Rule> key_rules();        // private keys, passwords in URLs, the generic rule
// secrets that are only recognised by their file: saved logins, hashes of passwords, settings
std::span<const Rule> file_rules();
std::span<const Rule> settings_rules(); // passwords that a person chose

}
