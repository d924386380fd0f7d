#include "gate/evidence.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::gate {

Tests& Tests::operator+=(const Tests& other) {
    passed += other.passed;
    failed += other.failed;
    errors += other.errors;
    skipped += other.skipped;
    flaky += other.flaky;
    return *this;
}

Performance& Performance::operator+=(const Performance& other) {
    samples += other.samples;
    errors += other.errors;
    elapsed_ms += other.elapsed_ms;
    tolerated += other.tolerated;
    crossed += other.crossed;
    failed_checks += other.failed_checks;
    return *this;
}

std::string_view name_of(Level level) {
    switch (level) {
    case Level::error: return "error";
    case Level::warning: return "warning";
    case Level::note: break;
    }
    return "note";
}

std::uint64_t& FindingCounts::operator[](Level level) {
    switch (level) {
    case Level::error: return error;
    case Level::warning: return warning;
    case Level::note: break;
    }
    return note;
}

std::string_view name_of(Problem problem) {
    switch (problem) {
    case Problem::missing: return "missing";
    case Problem::empty: return "empty";
    case Problem::malformed: return "malformed";
    case Problem::unknown_format: return "unknown-format";
    case Problem::stale: return "stale";
    case Problem::none: break;
    }
    return "none";
}

void keep_first(std::vector<std::string>& kept, std::size_t& more, std::string text) {
    if (kept.size() < Evidence::kept)
        kept.push_back(std::move(text));
    else
        ++more;
}

std::string one_line(std::string_view text, std::size_t longest) {
    text = trim(text);
    const auto is_blank = [](char c) { return c == ' ' || (c >= 0 && c < ' '); };
    const bool plain = std::none_of(text.begin(), text.end(), [&](char c) { return is_blank(c) && c != ' '; });
    if (plain && text.size() <= longest && text.find("  ") == text.npos) return to_valid_utf8(text);
    // Masked before blanks become one and the rest is cut: a secret with two of them, base64 over several lines, or the
    // first half of either would not be known any more.
    std::string out;
    for (const char c : mask(text)) {
        if (!is_blank(c))
            out += c;
        else if (!out.ends_with(' '))
            out += ' ';
        if (out.size() <= longest) continue;
        while (out.size() > 1 && (out.back() & 0xC0) == 0x80) out.pop_back(); // no half characters
        out.pop_back();
        out += "…";
        break;
    }
    return to_valid_utf8(out);
}

}
