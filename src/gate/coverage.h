#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fairlead::gate {

struct Count {
    std::uint64_t covered = 0;
    std::uint64_t total = 0;
    Count& operator+=(const Count& other) {
        covered += other.covered;
        total += other.total;
        return *this;
    }
    bool operator==(const Count&) const = default;
};

// What reports say about one file. A line is covered when any record says so; memory is bounded by distinct lines
// and arms, whatever the order and the number of records.
class FileCoverage {
  public:
    FileCoverage() = default;
    FileCoverage(FileCoverage&&) = default; // last_ points into the nodes of blocks_: moved along, never copied
    FileCoverage& operator=(FileCoverage&&) = default;

    void line(std::uint32_t number, bool covered);
    void arm(std::uint64_t key, bool covered);                   // one outcome of a branch
    void condition(std::uint32_t number, Count arms);            // all outcomes of the branches of a line, as a sum
    void declare_lines(Count count) { declared_lines_ = count; } // count only while there is no line
    void declare_branches(Count count) { declared_branches_ = count; } // the same with arms
    void merge(const FileCoverage& other);

    Count lines() const;
    Count branches() const;
    std::size_t entries() const { return blocks_.size() + arms_.size() + conditions_.size(); } // what takes memory

  private:
    struct Lines { // 64 of them
        std::uint64_t measured = 0;
        std::uint64_t covered = 0;
    };
    Lines& block(std::uint32_t index);

    std::map<std::uint32_t, Lines> blocks_;
    Lines* last_ = nullptr; // lines come in order, mostly
    std::uint32_t last_index_ = 0;
    std::unordered_map<std::uint64_t, bool> arms_;
    std::map<std::uint32_t, Count> conditions_;
    Count declared_lines_, declared_branches_;
};

// By file. The paths are those of the reader; equal paths are one file.
class CoverageMap {
  public:
    CoverageMap() = default;
    CoverageMap(CoverageMap&&) = default;
    CoverageMap& operator=(CoverageMap&&) = default;

    // What one report may tell: files, stretches of 64 lines, branches. About 60 bytes each.
    static constexpr std::size_t most_entries = 5'000'000;
    static std::string over_limit();

    FileCoverage& file(const std::string& path); // stays valid
    std::size_t entries() const { return settled_ + (current_ ? current_->entries() : 0); }
    void merge(const CoverageMap& other);
    Count lines() const;
    Count branches() const;
    std::size_t size() const { return files_.size(); }

  private:
    std::unordered_map<std::string, FileCoverage> files_;
    FileCoverage* current_ = nullptr; // what file() gave last
    std::size_t settled_ = 0;         // entries of the others
};

// Hit counts as tools write them: "12", "-3" (gcc bug: not hit), "1e+20", "1.0", "NaN". False when it is no number.
bool parse_hits(std::string_view text, bool& covered);

// "66.66": cut, not rounded, so that 79.996 never shows as 80.00 beside a failure. 0 of 0 is "0.00".
std::string percent(Count count);

}
