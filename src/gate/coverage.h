#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

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

// The coverage of one file in the reports. A line is covered if any record says so. The needed memory depends on the
// number of different lines and branch outcomes, not on the order or number of records.
class FileCoverage {
  public:
    FileCoverage() = default;
    // last_ points into the nodes of blocks_, which a move keeps and a copy wouldn't
    FileCoverage(FileCoverage&&) = default;
    FileCoverage& operator=(FileCoverage&&) = default;

    void line(std::uint32_t number, bool covered);
    void lines(std::uint32_t first, std::uint32_t last, bool covered); // all of them, both ends included
    void remove_lines(const FileCoverage& others);                     // removes the lines that `others` measures
    // Go counts the statements of a block, not its lines; if there are statements, they count instead of lines.
    void statements(std::uint64_t key, std::uint32_t count, bool covered);
    // The tool's own count, if it differs from its lines. It is used until another report has the file, because only
    // lines can be merged.
    void count_lines(Count count) { own_lines_ = count; }
    void arm(std::uint64_t key, bool covered);                   // one outcome of a branch
    void condition(std::uint32_t number, Count arms);            // all outcomes of the branches of a line, as a sum
    void declare_lines(Count count) { declared_lines_ = count; } // counts only if no line was added
    void declare_branches(Count count) { declared_branches_ = count; } // counts only if no arm was added
    // `format`: of the report that `other` is from. Each format names outcomes differently, so outcomes of two formats
    // are never added up: the format with more outcomes is used.
    void merge(const FileCoverage& other, std::string_view format = {});

    Count lines() const;
    Count branches() const;
    bool measures(std::uint32_t number) const; // the line
    bool covers(std::uint32_t number) const;
    std::uint32_t last_line() const; // the last measured line; 0: none
    void each_line(const std::function<void(std::uint32_t number, bool covered)>& take) const; // in order
    void settle() { conditions_.shrink_to_fit(); } // call it after its lines were read
    bool is_only_counted() const;                  // there are numbers, but no lines
    // the number of entries that use memory
    std::size_t entries() const { return blocks_.size() + arms_.size() + conditions_.size() + statements_.size(); }

  private:
    struct Lines { // a block of 64 lines
        std::uint64_t measured = 0;
        std::uint64_t covered = 0;
    };
    Lines& block(std::uint32_t index);
    void merge_arms(const FileCoverage& other, std::string_view format);

    std::map<std::uint32_t, Lines> blocks_;
    Lines* last_ = nullptr; // lines mostly come in order
    std::uint32_t last_index_ = 0;
    std::unordered_map<std::uint64_t, bool> arms_;
    std::string_view arms_of_; // their format
    struct Arms {              // of the branches of a line; small, as a report may have them for each line
        std::uint32_t line = 0;
        std::uint16_t covered = 0, total = 0;
    };
    std::vector<Arms> conditions_; // by line, which mostly come in order
    std::unordered_map<std::uint64_t, Count> statements_;
    std::optional<Count> own_lines_;
    Count declared_lines_, declared_branches_;
};

// Returns the key of an arm or a block from the text that names it in its file: FNV-1a.
std::uint64_t coverage_key(std::string_view text);

// Coverage by file. The reader chooses the paths; equal paths mean one file.
class CoverageMap {
  public:
    CoverageMap() = default;
    CoverageMap(CoverageMap&&) = default;
    CoverageMap& operator=(CoverageMap&&) = default;

    static constexpr std::uint32_t last_line = 10'000'000; // of a file; a higher number is a mistake
    // The limit for one report: files, blocks of 64 lines, and branches together. About 60 bytes each; a file takes
    // as much as `entries_of_file`.
    static constexpr std::size_t most_entries = 5'000'000, entries_of_file = 5;
    static std::string over_limit();

    std::string_view format;                     // of the report, in static storage; empty: several formats
    FileCoverage& file(const std::string& path); // the reference stays valid
    std::size_t entries() const { return settled_ + (current_ ? current_->entries() : 0); }
    void merge(const CoverageMap& other);
    Count lines() const;
    Count branches() const;
    struct Sum {
        std::size_t files = 0;
        Count lines, branches;
    };
    Sum sum(const std::function<bool(const std::string& path)>& is_wanted) const;
    std::size_t size() const { return files_.size(); }
    const FileCoverage* find(const std::string& path) const; // null: no report measures the file
    std::vector<std::string> paths() const;                  // sorted
    void remove(const std::function<bool(const std::string& path)>& is_wanted);
    // Returns the first file by name if no file is `ours`; otherwise empty.
    std::string stranger(const std::function<bool(const std::string& path)>& is_ours) const;

  private:
    std::unordered_map<std::string, FileCoverage> files_;
    FileCoverage* current_ = nullptr; // the last result of file()
    std::size_t settled_ = 0;         // entries of the other files
};

// Reads hit counts as tools write them: "12", "-3" (a bug of gcc: not hit), "1e+20", "1.0", "NaN". False: the text is
// not a number.
bool parse_hits(std::string_view text, bool& covered);

// Returns "66.66": cut, not rounded, so that 79.996 is never shown as 80.00 with a failure. 0 of 0 is "0.00".
std::string percent(Count count);

}
