#include "gate/coverage.h"
#include "base/text.h"
#include <algorithm>
#include <bit>
#include <fmt/format.h>

namespace fairlead::gate {

FileCoverage::Lines& FileCoverage::block(std::uint32_t index) {
    if (!last_ || last_index_ != index) {
        last_ = &blocks_.try_emplace(blocks_.end(), index)->second;
        last_index_ = index;
    }
    return *last_;
}

void FileCoverage::line(std::uint32_t number, bool covered) {
    Lines& lines = block(number / 64);
    const std::uint64_t bit = std::uint64_t{1} << (number % 64);
    lines.measured |= bit;
    if (covered) lines.covered |= bit;
}

void FileCoverage::arm(std::uint64_t key, bool covered) { arms_[key] |= covered; }

void FileCoverage::condition(std::uint32_t number, Count arms) {
    Count& known = conditions_[number];
    known.covered = std::max(known.covered, arms.covered);
    known.total = std::max(known.total, arms.total);
}

void FileCoverage::merge(const FileCoverage& other) {
    for (const auto& [index, lines] : other.blocks_) {
        Lines& mine = block(index);
        mine.measured |= lines.measured;
        mine.covered |= lines.covered;
    }
    for (const auto& [key, covered] : other.arms_) arm(key, covered);
    for (const auto& [number, count] : other.conditions_) condition(number, count);
    if (declared_lines_.total < other.declared_lines_.total) declared_lines_ = other.declared_lines_;
    if (declared_branches_.total < other.declared_branches_.total) declared_branches_ = other.declared_branches_;
}

Count FileCoverage::lines() const {
    if (blocks_.empty()) return declared_lines_;
    Count count;
    for (const auto& [index, lines] : blocks_) {
        count.total += static_cast<std::uint64_t>(std::popcount(lines.measured));
        count.covered += static_cast<std::uint64_t>(std::popcount(lines.covered));
    }
    return count;
}

Count FileCoverage::branches() const {
    Count arms{0, arms_.size()};
    for (const auto& [key, covered] : arms_) arms.covered += covered;
    Count conditions;
    for (const auto& [number, count] : conditions_) conditions += count;
    if (arms.total == 0 && conditions.total == 0) return declared_branches_;
    return arms.total >= conditions.total ? arms : conditions; // two reports in two formats tell the same branches
}

FileCoverage& CoverageMap::file(const std::string& path) {
    if (current_) settled_ += current_->entries();
    const auto [at, added] = files_.try_emplace(path);
    current_ = &at->second;
    settled_ = settled_ - current_->entries() + (added ? 1 + path.size() / 64 : 0); // a long name takes more
    return *current_;
}

std::string CoverageMap::over_limit() {
    return fmt::format("it covers more than {} files, stretches of 64 lines and branches, which is the limit",
                       most_entries);
}

void CoverageMap::merge(const CoverageMap& other) {
    for (const auto& [path, file] : other.files_) files_[path].merge(file);
}

Count CoverageMap::lines() const {
    Count count;
    for (const auto& [path, file] : files_) count += file.lines();
    return count;
}

Count CoverageMap::branches() const {
    Count count;
    for (const auto& [path, file] : files_) count += file.branches();
    return count;
}

bool parse_hits(std::string_view text, bool& covered) {
    covered = false;
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (!text.empty() && (text.front() | 0x20) == 'n') return lower(text) == "nan";
    bool digits = false, point = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c >= '0' && c <= '9') {
            digits = true;
            covered = covered || (c != '0' && !negative);
        } else if (c == '.' && !point)
            point = true;
        else if ((c == 'e' || c == 'E') && digits) {
            auto exponent = text.substr(at + 1);
            if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
            return !exponent.empty() && exponent.find_first_not_of("0123456789") == std::string_view::npos;
        } else
            return false;
    }
    return digits;
}

std::string percent(Count count) {
    if (count.total == 0) return "0.00";
    const auto hundredths = count.covered * 10000 / count.total;
    return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

}
