#include "base/text.h"
#include "gate/formats/readers.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

// LCOV trace files: geninfo(1), section FILES. The totals that a record declares (LF, LH, BRF, BRH) are only used
// when it lists no line or no branch.
namespace fairlead::gate {

namespace {

bool parse_number(std::string_view text, std::uint32_t& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

class Records {
  public:
    Records(const SourceTree& tree, CoverageMap& coverage) : tree_(tree), coverage_(coverage) {}

    // Most lines are "DA:12,3" with nothing behind it. Returns whether this line is one, and is taken.
    bool take_plain_hits(std::string_view line) {
        constexpr std::size_t begin = 3, most_digits = 9;
        if (file_ == nullptr || line.size() < begin || line[0] != 'D' || line[1] != 'A' || line[2] != ':') return false;
        std::uint32_t number = 0;
        std::size_t at = begin;
        for (; at < line.size() && at < begin + most_digits && is_digit(line[at]); ++at)
            number = number * 10 + static_cast<std::uint32_t>(line[at] - '0');
        if (at == begin || at + 1 >= line.size() || line[at] != ',') return false;
        bool covered = false;
        for (++at; at < line.size(); ++at) {
            if (!is_digit(line[at])) return false;
            covered = covered || line[at] != '0';
        }
        file_->line(number, covered);
        return true;
    }
    // An empty reason: the line is fine.
    std::string take(std::string_view line) {
        if (line.starts_with("DA:")) return line_hits(line.substr(3));
        if (line.starts_with("BRDA:")) return arm(line.substr(5));
        if (line.starts_with("SF:")) {
            if (file_)
                return "begins a record, but the record before it has no end_of_record: the report was cut short";
            begin(line.substr(3));
            return {};
        }
        if (line == "end_of_record") {
            end();
            return {};
        }
        if (line.starts_with("LF:")) return number(line.substr(3), declared_lines_.total);
        if (line.starts_with("LH:")) return number(line.substr(3), declared_lines_.covered);
        if (line.starts_with("BRF:")) return number(line.substr(4), declared_branches_.total);
        if (line.starts_with("BRH:")) return number(line.substr(4), declared_branches_.covered);
        return other(line);
    }
    // Every writer ends each record: lines may be missing of one that isn't.
    bool is_open() const { return file_ != nullptr; }

  private:
    void end() {
        if (file_) {
            for (auto* count : {&declared_lines_, &declared_branches_})
                count->covered = std::min(count->covered, count->total);
            file_->declare_lines(declared_lines_);
            file_->declare_branches(declared_branches_);
        }
        file_ = nullptr;
        declared_lines_ = declared_branches_ = {};
    }
    void begin(std::string_view path) { file_ = &coverage_.file(tree_.find_or_tidy(to_valid_utf8(trim(path)))); }
    std::string line_hits(std::string_view rest) {
        const auto comma = rest.find(',');
        std::uint32_t line = 0;
        bool covered = false;
        if (comma == std::string_view::npos || !parse_number(rest.substr(0, comma), line)) return "has no line number";
        const auto hits = rest.substr(comma + 1);
        if (!parse_hits(hits.substr(0, hits.find(',')), covered)) return "has no hit count";
        if (!file_) return "is outside a record (no SF: before it)";
        file_->line(line, covered);
        return {};
    }
    std::string arm(std::string_view rest) {
        const auto comma = rest.rfind(',');
        if (comma == std::string_view::npos) return "has no count";
        const auto taken = rest.substr(comma + 1);
        bool covered = false;
        if (taken != "-" && !parse_hits(taken, covered)) return "has no count";
        if (!file_) return "is outside a record (no SF: before it)";
        file_->arm(coverage_key(rest.substr(0, comma)), covered); // "line,block,branch", whatever lcov's version writes
        return {};
    }
    static std::string number(std::string_view rest, std::uint64_t& target) {
        std::uint32_t value = 0;
        if (!parse_number(trim(rest), value)) return "has no number";
        target = value;
        return {};
    }
    // Functions, tests, MC/DC and what later versions add: a key in capitals. Anything else isn't LCOV: a proxy's page,
    // a program's last words, a hole after a crash.
    std::string other(std::string_view line) const {
        const auto key = line.substr(0, line.find(':'));
        const bool is_key = key.size() < line.size() && !key.empty() &&
                            key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string_view::npos;
        const bool is_mark = !file_ && line == "EOF"; // of a here-document, which some writers leave
        return is_key || is_mark || line.starts_with('#') || line.empty() ? "" : "is not an LCOV record";
    }

    const SourceTree& tree_;
    CoverageMap& coverage_;
    FileCoverage* file_ = nullptr;
    Count declared_lines_, declared_branches_;
};

}

Result<void> read_lcov(const Source& source, const SourceTree& tree, Evidence& evidence) {
    auto stream = TRY(source.open(sys::Encoding::utf8));
    sys::LineReader lines(std::move(stream));
    Records records(tree, evidence.coverage.emplace());
    bool is_part = false; // the last line
    for (std::string_view line; TRY(lines.next(line));) {
        is_part = !lines.was_ended() && !trim(line).empty() && trim(line) != "end_of_record";
        std::string reason;
        if (lines.was_cut()) {
            reason = fmt::format("is longer than {} MiB, which is the limit", sys::LineReader::longest >> 20);
        } else if (!records.take_plain_hits(line)) {
            while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
            reason = records.take(line);
        }
        if (evidence.coverage->entries() > CoverageMap::most_entries)
            return no(CoverageMap::over_limit(), {source.name(), static_cast<int>(lines.number()), 1, {}});
        if (!reason.empty())
            return no(fmt::format("line '{}' {}", one_line(line, 60), reason),
                      {source.name(), static_cast<int>(lines.number()), 1, {}});
    }
    if (records.is_open() || is_part)
        return no(records.is_open() ? "its last record has no end_of_record: the report was cut short"
                                    : "its last line has no end: the report was cut short",
                  {source.name(), static_cast<int>(lines.number()), 1, {}});
    return {};
}

}
