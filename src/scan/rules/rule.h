#pragma once
#include <span>
#include <string>
#include <string_view>

// The known kinds of secret, one row each. If gitleaks knows the kind, the id is that of gitleaks, so that lists of
// ignored findings stay valid. Shapes and checksums come from the vendors or, if they publish none, from common
// knowledge.
namespace fairlead::scan {

// The result of checking the value alone: a refuted value is not a secret, and a proven value needs no further test.
enum class Proof { refuted, unknown, proven };

// How to_expression() makes a regular expression from `pattern`. The secret is the first group that takes part in the
// match.
enum class Shape {
    // the pattern is the whole secret. Before it is no \w, except as the end of an escape (\n, %3D, \u003d). After it
    // is no \w, and no '-' if a character class of the pattern has '-'
    token,
    sealed, // the pattern is the whole secret; it may be anywhere, because its checksum decides
    near,   // the pattern is the value that is assigned to a name with one of the keywords
    // the pattern is the whole expression with its groups; the first \b\b in it is a marker, which stands for what may
    // be before a token
    raw,
    block, // like raw, but may span lines and begins in the line with the keyword
};

// The severity of a secret in a test, a sample or a manual.
// error: a service's token is real even there, because the service issued it.
// in_packages: a warning in somebody else's package, otherwise an error. For a value that every browser gets with the
// page: in somebody else's package the value belongs to them.
// warning: the passwords, keys and hashes there mostly open nothing.
// nothing: it isn't reported. The rule guesses, and there its guess is right only by chance.
enum class InTests { error, in_packages, warning, nothing };

// What a stranger can do with the value alone. nothing_alone (the id of a client): reported, but fails nothing. little
// (one of the passwords that everybody tries first): a warning.
enum class Opens { something, little, nothing_alone };

struct Rule {
    std::string_view id;
    std::string_view title;       // "GitHub personal access token"
    std::string_view issuer = {}; // the key of a row of issuer.h: who issues it, what it opens, where it is revoked
    Shape shape = Shape::token;
    std::string_view keywords[8]; // lower case; only lines with one of the keywords are scanned
    // the files that the rule is for, in lower case: the end of a path ("/.netrc": files of that name) or, with a `*`,
    // a pattern for the file's name; none: all files. A rule without keywords scans the beginning of each of its files
    std::string_view files[48];
    std::string_view pattern;   // RE2
    std::string_view each = {}; // RE2, for a block: each match in the text that `pattern` finds is a secret
    double entropy = 0;         // bits per byte; a value with this entropy or less is not a secret
    Proof (*check)(std::string_view secret, std::string_view match) = nullptr;
    // Returns whether a match is possible with this text after the keyword; null: the shape decides (rules/glance.h)
    bool (*follows)(std::string_view rest) = nullptr;
    InTests in_tests = InTests::error;
    Opens opens = Opens::something;
    // Texts that must be found, and texts that must not be found. A '|' is only a joint, so that scanners don't report
    // this source; sample() removes it.
    std::string_view hits[4] = {};
    std::string_view misses[4] = {};
};

std::span<const Rule* const> rules(); // all rules, in the order of the tables
const Rule* find_rule(std::string_view id);
bool is_for(const Rule& rule, std::string_view path);
std::string to_expression(const Rule& rule);
std::string sample(std::string_view joined); // without the joints

// For Rule::follows. The first returns whether a user and a colon follow "://". The second returns whether a text
// follows that a header or a setting has between "auth" and its value.
bool has_password_in_url(std::string_view rest);
bool is_followed_by_login(std::string_view rest);

// The tables, one file each. A new kind is one more row in the table where it fits.
std::span<const Rule> forge_rules();      // code hosts and package registries
std::span<const Rule> cloud_rules();      // clouds, hosting, infrastructure
std::span<const Rule> talk_rules();       // chat, mail and language models
std::span<const Rule> service_rules();    // all other paid services
std::span<const Rule> prefixed_rules();   // more tokens of all these kinds, one line each
std::span<const Rule> named_rules();      // secrets that are recognised only by the name next to them
std::span<const Rule> identifier_rules(); // ids of clients, and keys that every visitor gets
std::span<const Rule> key_rules();        // private keys, passwords in URLs, the generic rule
// secrets that are only recognised by their file: saved logins, hashes of passwords, settings
std::span<const Rule> file_rules();
std::span<const Rule> settings_rules(); // passwords that a person chose

}
