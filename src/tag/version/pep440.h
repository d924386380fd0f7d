#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Python version numbers, PEP 440 (Appendix B: case-blind, optional `v`, alternative separators and spellings).
// Numbers keep their digits: there is no upper limit in the PEP.
namespace fairlead::tag {

struct Pep440 {
    std::string epoch = "0";
    std::vector<std::string> release;   // numbers without leading zeros
    std::string pre_letter, pre_number; // a, b or rc; empty: none
    std::optional<std::string> post, dev;
    std::vector<std::string> local;
    bool is_release() const { return pre_letter.empty() && !post && !dev; }
    std::string part(std::size_t index) const { return index < release.size() ? release[index] : "0"; }
    // Normal form, but as the peer's library writes it: the local parts are joined by a comma, and numbers above 2^53
    // lose their last digits.
    std::string text() const;
};

std::optional<Pep440> parse_pep440(std::string_view text);
std::strong_ordering compare(const Pep440& a, const Pep440& b); // the PEP's order; local parts ignored

}
