#include "base/text.h"
#include "gate/formats/coverage_parts.h"
#include "gate/formats/go_paths.h"
#include "gate/formats/readers.h"
#include "sys/signals.h"
#include <fmt/format.h>

// Profiles of `go test -coverprofile` (golang.org/x/tools/cover): one block of statements a line. Statements are
// counted, as `go tool cover -func` does; several profiles may follow one another, each with its mode.
namespace fairlead::gate {

namespace {

struct Block {
    std::string_view file, place; // "12.3,14.20"
    std::uint32_t first = 0, last = 0;
    std::uint32_t statements = 0;
    bool covered = false;
};

// "12.3"
bool read_place(std::string_view text, std::uint32_t& line) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || !whole_number(text.substr(dot + 1))) return false;
    const auto number = whole_number(text.substr(0, dot), most_lines);
    line = static_cast<std::uint32_t>(number.value_or(0));
    return number.has_value();
}

// "example.com/app/store.go:12.3,14.20 2 1"; names may hold blanks and colons.
std::optional<Block> parse_block(std::string_view line) {
    const auto before_count = line.rfind(' ');
    if (before_count == std::string_view::npos || before_count == 0) return std::nullopt;
    const auto before_statements = line.rfind(' ', before_count - 1);
    const auto colon = line.rfind(':', before_statements);
    if (before_statements == std::string_view::npos || colon == std::string_view::npos || colon == 0)
        return std::nullopt;
    Block out;
    out.file = line.substr(0, colon);
    out.place = line.substr(colon + 1, before_statements - colon - 1);
    const auto comma = out.place.find(',');
    if (comma == std::string_view::npos || !read_place(out.place.substr(0, comma), out.first) ||
        !read_place(out.place.substr(comma + 1), out.last) || out.last < out.first)
        return std::nullopt;
    const auto statements =
        whole_number(line.substr(before_statements + 1, before_count - before_statements - 1), most_lines);
    const auto count = whole_number(line.substr(before_count + 1));
    if (!statements || !count) return std::nullopt;
    out.statements = static_cast<std::uint32_t>(*statements);
    out.covered = *count > 0;
    return out;
}

class GoProfile {
  public:
    GoProfile(const SourceTree& tree, CoverageMap& coverage) : paths_(tree), coverage_(coverage) {}

    // An empty reason: the line is fine.
    std::string take(std::string_view line) {
        if (line.empty() || line == "mode: set" || line == "mode: count" || line == "mode: atomic") return {};
        const auto block = parse_block(line);
        if (!block) return "is not a block of a Go profile";
        if (!file_ || block->file != name_) {
            name_ = block->file;
            file_ = &coverage_.file(paths_.file_or_tidy(name_));
        }
        // Before its lines are made: blocks may span all numbers that there are, again and again.
        if (block->last > CoverageMap::last_line)
            return fmt::format("is over a limit: its line is above {}", CoverageMap::last_line);
        spanned_ += (block->last - block->first) / 64;
        if (spanned_ > most_spanned) return "is over a limit: its blocks span more lines than any program has";
        if (coverage_.entries() + (block->last - block->first) / 64 > CoverageMap::most_entries)
            return "is over a limit: " + CoverageMap::over_limit();
        file_->statements(coverage_key(block->place), block->statements, block->covered);
        // The body of an empty function is no line that a test could miss.
        if (block->statements > 0) file_->lines(block->first, block->last, block->covered);
        return {};
    }

  private:
    static constexpr std::uint64_t most_spanned = 2'000'000; // stretches of 64 lines; those of 128 million lines

    GoPaths paths_;
    CoverageMap& coverage_;
    std::uint64_t spanned_ = 0; // by all blocks
    std::string name_;
    FileCoverage* file_ = nullptr; // that it leads to
};

}

Result<void> read_go_cover(const Source& source, const SourceTree& tree, Evidence& evidence) {
    auto stream = TRY(source.open(sys::Encoding::utf8));
    sys::LineReader lines(std::move(stream));
    GoProfile profile(tree, evidence.coverage.emplace());
    bool was_ended = true; // the last line
    for (std::string_view line; TRY(lines.next(line));) {
        const auto reason =
            lines.was_cut() ? fmt::format("is longer than {} MiB, which is the limit", sys::LineReader::longest >> 20)
                            : profile.take(trim(line));
        const Place place{source.name(), static_cast<int>(lines.number()), 1, {}};
        if (!reason.empty()) return no(fmt::format("line '{}' {}", one_line(line, 60), reason), place);
        was_ended = lines.was_ended() || trim(line).empty();
    }
    if (was_ended) return {};
    return no("its last line has no end: the report was cut short",
              {source.name(), static_cast<int>(lines.number()), 1, {}});
}

}
