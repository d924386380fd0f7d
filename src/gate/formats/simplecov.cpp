#include "base/text.h"
#include "gate/formats/coverage_parts.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <vector>

// SimpleCov: coverage.json of its JSON formatter has the files in `coverage`, .resultset.json in the `coverage` of each
// command that was run. Before 0.18 a file was the list of its lines. Only coverage.json knows the lines between two
// `# :nocov:`; for .resultset.json they are read from the source, as SimpleCov does.
namespace fairlead::gate {

namespace {

using sys::Json;

struct Stretch {
    std::uint64_t first, last;
};

// The lines that `# :nocov:` leaves out: from each odd one to the next, or to the end of the file.
std::vector<Stretch> left_out(std::string_view source) {
    std::vector<Stretch> ranges;
    bool open = false;
    std::uint64_t number = 0;
    for (const auto& line : split(source, '\n')) {
        ++number;
        const auto text = trim(line);
        if (!text.starts_with('#') || !trim(text.substr(1)).starts_with(":nocov:")) continue;
        if (!open) ranges.push_back({number, most_lines});
        if (open) ranges.back().last = number;
        open = !open;
    }
    return ranges;
}

class SimpleCovHandler : public sys::JsonHandler, private CoverageReader {
  public:
    using CoverageReader::CoverageReader;

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (in_lines_) return Take::build;
        const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
        if (!file_) return begin_above(path, depth, kind);
        if (depth == depth_of_files_ + 2) return begin_member(path, kind);
        if (path.ends_with("/*")) return Take::build; // of a list of branches
        if (depth == depth_of_files_ + 3 && kind != sys::JsonKind::object)
            return broken(fmt::format("branch '{}' is not an object", one_line(last_name(path), 60)));
        return depth == depth_of_files_ + 3 ? Take::enter : Take::build; // of a condition: its arms
    }
    Result<void> built(std::string_view path, Json value) override {
        if (in_lines_) return line(value);
        if (!path.ends_with("/*")) return arm(path.substr(path.find("/branches/", file_path_.size())), value);
        if (!value.is_object() || !value.contains("coverage"))
            return broken(fmt::format("a branch has no coverage: {}", json_shown(value)));
        return arm(fmt::format("{}", nth_arm_++), value["coverage"]);
    }
    bool keeps(std::string_view, std::string_view member) const override { return member == "coverage"; }
    Result<void> left(std::string_view path) override {
        if (path == file_path_ && file_) {
            if (!has_lines_) return broken(fmt::format("file '{}' lists no lines", one_line(last_name(path), 60)));
            file_ = nullptr;
        }
        in_lines_ = false;
        return {};
    }

  private:
    // Down to a file.
    Result<Take> begin_above(std::string_view path, std::size_t depth, sys::JsonKind kind) {
        const bool is_object = kind == sys::JsonKind::object;
        if (depth == 0) return Take::enter;
        if (depth == 1 && path == "/coverage") depth_of_files_ = 1;
        if (depth == 1 && depth_of_files_ == 1 && path != "/coverage") return Take::skip; // groups, errors
        if (depth == 1) return is_object ? Take::enter : Take::skip;
        if (depth == depth_of_files_ + 1) return begin_file(path, kind);
        if (depth != 2 || !path.ends_with("/coverage")) return Take::skip;
        if (!is_object) return broken("the coverage of a command is not an object");
        return Take::enter;
    }
    Result<Take> begin_file(std::string_view path, sys::JsonKind kind) {
        if (kind == sys::JsonKind::scalar)
            return broken(fmt::format("file '{}' has no lines", one_line(last_name(path), 60)));
        file_path_ = path;
        file_ = &file(last_name(path));
        in_lines_ = has_lines_ = kind == sys::JsonKind::array;
        next_line_ = 1;
        nth_arm_ = 0;
        left_out_ = depth_of_files_ == 1 ? std::vector<Stretch>() : left_out(tree_.read(tree_.find(last_name(path))));
        TRY_VOID(within_limit());
        return Take::enter;
    }
    Result<Take> begin_member(std::string_view path, sys::JsonKind kind) {
        if (path.ends_with("/branches")) return kind == sys::JsonKind::scalar ? Take::skip : Take::enter;
        if (!path.ends_with("/lines")) return Take::skip;
        if (kind != sys::JsonKind::array)
            return broken(fmt::format("the lines of '{}' are not a list", one_line(last_name(file_path_), 60)));
        in_lines_ = has_lines_ = true;
        next_line_ = 1;
        return Take::enter;
    }

    bool is_left_out(std::uint64_t first, std::uint64_t last) const {
        return std::any_of(left_out_.begin(), left_out_.end(),
                           [&](const Stretch& one) { return first <= one.last && last >= one.first; });
    }
    // Of the name of an arm: [:then, 1, 3, 6, 4, 9] is arm 1, from line 3 to line 4.
    bool is_left_out_arm(std::string_view name) const {
        const auto parts = split(last_name(name), ',');
        if (left_out_.empty() || parts.size() != 6) return false;
        const auto first = whole_number(trim(parts[2]), most_lines), last = whole_number(trim(parts[4]), most_lines);
        return first && last && is_left_out(*first, *last);
    }

    static bool is_no_code(const Json& value) { return value.is_null() || value == Json("ignored"); }

    Result<void> line(const Json& value) {
        const auto number = next_line_++;
        if (is_no_code(value) || is_left_out(number, number)) return {};
        const auto hit = is_hit(value);
        if (!hit || number > most_lines)
            return broken(fmt::format("line {} of a file has {} for its count", number, json_shown(value)));
        file_->line(static_cast<std::uint32_t>(number), *hit);
        return within_limit();
    }
    Result<void> arm(std::string_view name, const Json& value) {
        if (is_no_code(value) || is_left_out_arm(name)) return {};
        const auto hit = is_hit(value);
        if (!hit) return broken(fmt::format("a branch has {} for its count", json_shown(value)));
        file_->arm(coverage_key(name), *hit);
        return within_limit();
    }

    std::size_t depth_of_files_ = 2; // of the object that holds them
    std::string file_path_;
    FileCoverage* file_ = nullptr; // that is open
    bool in_lines_ = false, has_lines_ = false;
    std::uint64_t next_line_ = 1;
    std::size_t nth_arm_ = 0;
    std::vector<Stretch> left_out_; // of the open file
};

}

Result<void> read_simplecov(const Source& source, const SourceTree& tree, Evidence& evidence) {
    SimpleCovHandler handler(source.name(), tree, evidence.coverage.emplace());
    return source.json(handler);
}

}
