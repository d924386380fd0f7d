#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Parses Python version numbers, PEP 440 (Appendix B: case-blind, optional `v`, alternative separators and spellings).
// Numbers are kept as digits, because the PEP has no upper limit.
namespace fairlead::tag {

struct Pep440 {
    std::string epoch = "0";
    std::vector<std::string> release;   // numbers without leading zeros
    std::string pre_letter, pre_number; // a, b or rc; empty: no pre-release
    std::optional<std::string> post, dev;
    std::vector<std::string> local;
    bool is_release() const { return pre_letter.empty() && !post && !dev; }
    std::string part(std::size_t index) const { return index < release.size() ? release[index] : "0"; }
    // Returns the normal form, as the library of docker/metadata-action (the peer) writes it: local parts are joined by
    // a comma, and numbers above 2^53 lose their last digits.
    std::string text() const;
};

std::optional<Pep440> parse_pep440(std::string_view text);
std::strong_ordering compare(const Pep440& a, const Pep440& b); // the PEP's order, without local parts

}
