#include "gate/evidence.h"
#include "base/text.h"

namespace fairlead::gate {

Tests& Tests::operator+=(const Tests& other) {
    passed += other.passed;
    failed += other.failed;
    errors += other.errors;
    skipped += other.skipped;
    flaky += other.flaky;
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
    case Problem::none: break;
    }
    return "none";
}

std::string one_line(std::string_view text) {
    constexpr std::size_t longest = 300;
    std::string out;
    for (const char c : trim(text)) {
        const bool blank = c == ' ' || (c >= 0 && c < ' ');
        if (!blank)
            out += c;
        else if (!out.ends_with(' '))
            out += ' ';
        if (out.size() <= longest) continue;
        while (!out.empty() && (out.back() & 0xC0) == 0x80) out.pop_back(); // no half characters
        out.pop_back();
        out += "…";
        break;
    }
    return to_valid_utf8(out);
}

}
