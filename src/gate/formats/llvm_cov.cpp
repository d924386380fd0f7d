#include "base/text.h"
#include "gate/formats/coverage_parts.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

// `llvm-cov export` (CoverageExporterJson.cpp), also of cargo-llvm-cov. Its totals are those of functions, as
// `llvm-cov report` prints them: a closure's lines count twice. What can be merged are the lines of the segments.
namespace fairlead::gate {

namespace {

using sys::Json;

// Turns segments, in the order of the file, to lines, as llvm's LineCoverageStats do (CoverageMapping.cpp).
class SegmentLines {
  public:
    // An empty reason: the segment is fine.
    std::string take(const Json& value) {
        const auto segment = read(value);
        if (!segment) return fmt::format("a segment can't be read: {}", json_shown(value));
        if (segment->line < line_) return "the segments of a file are not in order";
        if (segment->line > line_) {
            close_line();
            if (last_.has_count && line_ > 0) {
                // Before they are made: one segment may span all numbers that there are.
                if (segment->line > CoverageMap::last_line ||
                    (segment->line - line_) / 64 + lines.entries() > CoverageMap::most_entries)
                    return CoverageMap::over_limit();
                if (segment->line - line_ > 1) lines.lines(line_ + 1, segment->line - 1, last_.hit);
            }
            wrapped_ = last_;
            line_ = segment->line;
            starts_ = hit_start_ = false;
            begins_skipped_ = !segment->has_count && segment->is_entry;
        }
        last_ = *segment;
        if (!segment->is_entry || !segment->has_count) return {};
        is_mapped_ = true;
        starts_ |= !segment->is_gap;
        hit_start_ |= !segment->is_gap && segment->hit;
        return {};
    }
    void close_line() {
        const bool mapped = is_mapped_ || (!begins_skipped_ && wrapped_.has_count);
        if (line_ > 0 && mapped) lines.line(line_, wrapped_.hit || (starts_ && hit_start_));
        is_mapped_ = false;
    }
    FileCoverage lines;

  private:
    struct Segment {
        std::uint32_t line = 0;
        bool hit = false, has_count = false, is_entry = false, is_gap = false;
    };
    // [line, column, count, has a count, begins a region, is a gap]; the last one since LLVM 11.
    static std::optional<Segment> read(const Json& value) {
        if (!value.is_array() || value.size() < 5) return std::nullopt;
        const auto line = whole_number(value[0], most_lines);
        const auto hit = is_hit(value[2]);
        if (!line || *line == 0 || !hit) return std::nullopt;
        Segment out{static_cast<std::uint32_t>(*line), *hit};
        bool* const flags[] = {&out.has_count, &out.is_entry, &out.is_gap};
        for (std::size_t nth = 0; nth < 3 && nth + 3 < value.size(); ++nth) {
            const Json& flag = value[nth + 3];
            if (!flag.is_boolean() && flag != Json(0) && flag != Json(1)) return std::nullopt;
            *flags[nth] = flag == Json(true) || flag == Json(1);
        }
        out.hit = out.hit && out.has_count;
        return out;
    }

    Segment last_, wrapped_; // that was read last; that reaches into the line
    std::uint32_t line_ = 0;
    bool is_mapped_ = false, begins_skipped_ = false, starts_ = false, hit_start_ = false; // of the line
};

class LlvmCovHandler : public sys::JsonHandler, private CoverageReader {
  public:
    using CoverageReader::CoverageReader;

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (in_segments_) return Take::build;
        has_data_ |= path == "/data/*";
        if (path.empty() || path == "/data" || path == "/data/*" || path == "/data/*/files") return Take::enter;
        if (path == file_path) {
            if (kind != sys::JsonKind::object) return broken("a file is not an object");
            segments_ = SegmentLines();
            name_ = summary_ = Json();
            has_segments_ = false;
            return Take::enter;
        }
        if (path == totals_path || path == "/data/*/files/*/filename" || path == summary_path) return Take::build;
        if (path != segments_path) return Take::skip;
        if (kind != sys::JsonKind::array) return broken("the segments of a file are not a list");
        in_segments_ = has_segments_ = true;
        return Take::enter;
    }
    Result<void> built(std::string_view path, Json value) override {
        if (in_segments_) {
            const auto reason = segments_.take(value);
            return reason.empty() ? within_limit(segments_.lines.entries()) : broken(reason);
        }
        if (path == totals_path) return add_totals(value);
        (path == summary_path ? summary_ : name_) = std::move(value);
        return {};
    }
    bool keeps(std::string_view path, std::string_view member) const override {
        return (path != totals_path && path != summary_path) || member == "lines" || member == "branches";
    }
    Result<void> left(std::string_view path) override {
        in_segments_ = false;
        return path == file_path ? end_file() : Result<void>();
    }
    Result<void> close() {
        if (!has_data_) return broken("it holds no data");
        if (has_totals_) settle(lines_, branches_);
        return {};
    }

  private:
    static constexpr std::string_view file_path = "/data/*/files/*", summary_path = "/data/*/files/*/summary",
                                      segments_path = "/data/*/files/*/segments", totals_path = "/data/*/totals";

    struct Counts {
        Count lines, branches;
    };
    // Branches are there since LLVM 12.
    Result<Counts> counts_in(const Json& value, std::string_view of) const {
        const auto at = [&](const char* name) {
            return value.is_object() && value.contains(name) ? count_of(value[name], "covered", "count") : std::nullopt;
        };
        const auto lines = at("lines"), branches = at("branches");
        if (!lines) return broken(fmt::format("the lines of {} can't be read", of));
        if (!branches && value.contains("branches")) return broken(fmt::format("the branches of {} can't be read", of));
        return Counts{*lines, branches.value_or(Count{})};
    }
    Result<void> add_totals(const Json& value) {
        const auto counts = TRY(counts_in(value, "the totals"));
        has_totals_ = true;
        lines_ += counts.lines;
        branches_ += counts.branches;
        return {};
    }
    Result<void> end_file() {
        if (!name_.is_string()) return broken("a file has no filename");
        const auto name = to_valid_utf8(name_.get_ref<const std::string&>());
        segments_.close_line();
        FileCoverage& counted = segments_.lines;
        if (!summary_.is_null()) {
            const auto counts = TRY(counts_in(summary_, fmt::format("'{}'", one_line(name, 60))));
            counted.count_lines(counts.lines);
            counted.declare_lines(counts.lines);
            counted.declare_branches(counts.branches);
        } else if (!has_segments_)
            return broken(fmt::format("file '{}' has no segments and no summary", one_line(name, 60)));
        file(name).merge(counted);
        return within_limit();
    }

    bool has_data_ = false, in_segments_ = false, has_segments_ = false, has_totals_ = false;
    Json name_, summary_; // of the file
    SegmentLines segments_;
    Count lines_, branches_; // of all files
};

}

Result<void> read_llvm_cov(const Source& source, const SourceTree& tree, Evidence& evidence) {
    LlvmCovHandler handler(source.name(), tree, evidence.coverage.emplace());
    TRY_VOID(source.json(handler));
    return handler.close();
}

}
