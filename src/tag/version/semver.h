#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Parses Semantic Versioning 2.0.0 (semver.org), with an optional `v` before the version.
namespace fairlead::tag {

struct Semver {
    std::uint64_t major = 0, minor = 0, patch = 0;
    std::vector<std::string> prerelease, build; // dot-separated identifiers
    std::string text() const;                   // without build: "1.2.3-rc.1"
    bool is_prerelease() const { return !prerelease.empty(); }
};

// Parses strictly: at most 256 characters, no leading zeros, numbers up to 2^53-1. Blanks around the text are ignored.
std::optional<Semver> parse_semver(std::string_view text);
std::strong_ordering compare(const Semver& a, const Semver& b); // precedence, build ignored

}
