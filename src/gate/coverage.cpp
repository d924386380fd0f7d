#include "gate/coverage.h"
#include "base/text.h"
#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <limits>

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

void FileCoverage::lines(std::uint32_t first, std::uint32_t last, bool covered) {
    for (std::uint64_t index = first / 64; index <= last / 64 && first <= last; ++index) {
        const auto from = index == first / 64 ? first % 64 : 0, to = index == last / 64 ? last % 64 : 63;
        const std::uint64_t bits = (~std::uint64_t{0} >> (63 - to)) & (~std::uint64_t{0} << from);
        Lines& lines = block(static_cast<std::uint32_t>(index));
        lines.measured |= bits;
        if (covered) lines.covered |= bits;
    }
}

void FileCoverage::remove_lines(const FileCoverage& others) {
    for (const auto& [index, lines] : others.blocks_) {
        const auto mine = blocks_.find(index);
        if (mine == blocks_.end()) continue;
        mine->second.measured &= ~lines.measured;
        mine->second.covered &= ~lines.measured;
    }
}

void FileCoverage::statements(std::uint64_t key, std::uint32_t count, bool covered) {
    Count& known = statements_[key];
    known.total = std::max<std::uint64_t>(known.total, count);
    known.covered = covered || known.covered > 0 ? known.total : 0;
}

void FileCoverage::arm(std::uint64_t key, bool covered) { arms_[key] |= covered; }

void FileCoverage::condition(std::uint32_t number, Count arms) {
    const auto is_before = [](const Arms& one, std::uint32_t line) { return one.line < line; };
    auto at = conditions_.end();
    if (!conditions_.empty() && conditions_.back().line >= number)
        at = std::lower_bound(conditions_.begin(), conditions_.end(), number, is_before);
    if (at == conditions_.end() || at->line != number) at = conditions_.insert(at, {number, 0, 0});
    constexpr std::uint64_t most = std::numeric_limits<std::uint16_t>::max();
    if (arms.total > most) arms = {arms.covered * most / arms.total, most}; // no line has so many: the share is kept
    at->covered = std::max(at->covered, static_cast<std::uint16_t>(std::min(arms.covered, most)));
    at->total = std::max(at->total, static_cast<std::uint16_t>(arms.total));
}

namespace {

// Nobody can say which of them two reports cover together: at least those of the better one.
void merge_declared(Count& mine, Count other) {
    if (mine.total < other.total || (mine.total == other.total && mine.covered < other.covered)) mine = other;
}

}

void FileCoverage::merge_arms(const FileCoverage& other, std::string_view format) {
    if (other.arms_.empty()) return;
    if (arms_.empty() || format == arms_of_) {
        arms_of_ = format;
        for (const auto& [key, covered] : other.arms_) arm(key, covered);
    } else if (other.arms_.size() > arms_.size()) {
        arms_of_ = format;
        arms_ = other.arms_;
    }
}

void FileCoverage::merge(const FileCoverage& other, std::string_view format) {
    const bool is_first = entries() == 0 && !own_lines_ && declared_lines_.total == 0;
    own_lines_ = is_first ? other.own_lines_ : std::nullopt;
    for (const auto& [index, lines] : other.blocks_) {
        Lines& mine = block(index);
        mine.measured |= lines.measured;
        mine.covered |= lines.covered;
    }
    merge_arms(other, format);
    for (const auto& [number, covered, total] : other.conditions_) condition(number, {covered, total});
    for (const auto& [key, count] : other.statements_)
        statements(key, static_cast<std::uint32_t>(count.total), count.covered > 0);
    merge_declared(declared_lines_, other.declared_lines_);
    merge_declared(declared_branches_, other.declared_branches_);
}

Count FileCoverage::lines() const {
    if (own_lines_) return *own_lines_;
    if (!statements_.empty()) {
        Count count;
        for (const auto& [key, block] : statements_) count += block;
        return count;
    }
    if (blocks_.empty()) return declared_lines_;
    Count count;
    for (const auto& [index, lines] : blocks_) {
        count.total += static_cast<std::uint64_t>(std::popcount(lines.measured));
        count.covered += static_cast<std::uint64_t>(std::popcount(lines.covered));
    }
    return count;
}

bool FileCoverage::measures(std::uint32_t number) const {
    const auto found = blocks_.find(number / 64);
    return found != blocks_.end() && (found->second.measured >> (number % 64) & 1) != 0;
}

bool FileCoverage::covers(std::uint32_t number) const {
    const auto found = blocks_.find(number / 64);
    return found != blocks_.end() && (found->second.covered >> (number % 64) & 1) != 0;
}

std::uint32_t FileCoverage::last_line() const {
    for (auto at = blocks_.rbegin(); at != blocks_.rend(); ++at)
        if (at->second.measured != 0)
            return at->first * 64 + 63 - static_cast<std::uint32_t>(std::countl_zero(at->second.measured));
    return 0;
}

void FileCoverage::each_line(const std::function<void(std::uint32_t number, bool covered)>& take) const {
    for (const auto& [index, lines] : blocks_)
        for (std::uint32_t bit = 0; bit < 64; ++bit)
            if ((lines.measured >> bit & 1) != 0) take(index * 64 + bit, (lines.covered >> bit & 1) != 0);
}

bool FileCoverage::is_only_counted() const { return blocks_.empty() && lines().total > 0; }

Count FileCoverage::branches() const {
    Count arms{0, arms_.size()};
    for (const auto& [key, covered] : arms_) arms.covered += covered;
    Count conditions;
    for (const auto& [number, covered, total] : conditions_) conditions += {covered, total};
    if (arms.total == 0 && conditions.total == 0) return declared_branches_;
    return arms.total >= conditions.total ? arms : conditions; // two reports in two formats tell the same branches
}

std::uint64_t coverage_key(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325u;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return value;
}

FileCoverage& CoverageMap::file(const std::string& path) {
    if (current_) {
        settled_ += current_->entries();
        current_->settle();
    }
    const auto [at, added] = files_.try_emplace(path);
    current_ = &at->second;
    settled_ =
        settled_ - current_->entries() + (added ? entries_of_file + path.size() / 64 : 0); // a long name takes more
    return *current_;
}

CoverageMap::Sum CoverageMap::sum(const std::function<bool(const std::string& path)>& is_wanted) const {
    Sum sum;
    for (const auto& [path, file] : files_) {
        if (!is_wanted(path)) continue;
        ++sum.files;
        sum.lines += file.lines();
        sum.branches += file.branches();
    }
    return sum;
}

std::string CoverageMap::over_limit() {
    return fmt::format("it covers more than {} files, stretches of 64 lines and branches, which is the limit",
                       most_entries);
}

void CoverageMap::merge(const CoverageMap& other) {
    for (const auto& [path, file] : other.files_) files_[path].merge(file, other.format);
}

std::string CoverageMap::stranger(const std::function<bool(const std::string& path)>& is_ours) const {
    std::string first;
    for (const auto& [path, file] : files_) {
        if (is_ours(path)) return {};
        if (first.empty() || path < first) first = path;
    }
    return first;
}

const FileCoverage* CoverageMap::find(const std::string& path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

std::vector<std::string> CoverageMap::paths() const {
    std::vector<std::string> paths;
    for (const auto& [path, file] : files_) paths.push_back(path);
    std::sort(paths.begin(), paths.end());
    return paths;
}

void CoverageMap::remove(const std::function<bool(const std::string& path)>& is_wanted) {
    current_ = nullptr;
    std::erase_if(files_, [&](const auto& file) { return is_wanted(file.first); });
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
