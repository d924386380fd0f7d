#include "base/text.h"
#include "gate/formats/coverage_parts.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>

// The JSON of coverage.py (`coverage json`), whose formats 2 and 3 repeat the lines by function and class.
namespace fairlead::gate {

namespace {

using sys::Json;

class CoveragePyHandler : public sys::JsonHandler, private CoverageReader {
  public:
    using CoverageReader::CoverageReader;

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (list_ != List::none) return Take::build;
        if (path.empty() || path == files) return Take::enter;
        if (!path.starts_with(files)) return Take::skip;
        const auto slash = path.find('/', files.size() + 1);
        if (slash == std::string_view::npos) return begin_file(path, kind);
        const auto member = path.substr(slash + 1);
        if (member == "summary") return Take::build;
        list_ = member == "executed_lines"   ? List::executed
                : member == "missing_lines"  ? List::missing
                : member == "excluded_lines" ? List::excluded
                                             : List::none;
        if (list_ == List::none) return Take::skip;
        if (kind != sys::JsonKind::array) return broken(fmt::format("{} of a file is not a list", member));
        has_executed_ |= list_ == List::executed;
        has_missing_ |= list_ == List::missing;
        return Take::enter;
    }
    Result<void> built(std::string_view, Json value) override {
        if (list_ == List::none) {
            summary_ = std::move(value);
            return {};
        }
        const auto number = whole_number(value, most_lines);
        if (!number) return broken(fmt::format("'{}' is not the number of a line", json_shown(value)));
        FileCoverage& target = list_ == List::excluded ? excluded_ : listed_;
        if (*number > 0) target.line(static_cast<std::uint32_t>(*number), list_ == List::executed);
        return within_limit(listed_.entries() + excluded_.entries());
    }
    bool keeps(std::string_view, std::string_view member) const override {
        return member == "covered_lines" || member == "num_statements" || member == "covered_branches" ||
               member == "num_branches";
    }
    Result<void> left(std::string_view path) override {
        if (list_ != List::none)
            list_ = List::none;
        else if (path.size() > files.size())
            return end_file(path);
        return {};
    }

  private:
    enum class List { none, executed, missing, excluded };
    static constexpr std::string_view files = "/files";

    Result<Take> begin_file(std::string_view path, sys::JsonKind kind) {
        if (kind != sys::JsonKind::object)
            return broken(fmt::format("file '{}' is not an object", one_line(last_name(path), 60)));
        listed_ = FileCoverage();
        excluded_ = FileCoverage();
        summary_ = Json();
        has_executed_ = has_missing_ = false;
        return Take::enter;
    }

    // Lines that ran are listed where they are excluded, too, and so are those of docstrings, which are no statements.
    Result<void> end_file(std::string_view path) {
        const auto name = last_name(path);
        if (!has_executed_ || !has_missing_)
            return broken(fmt::format("file '{}' lists no {}", one_line(name, 60),
                                      has_executed_ ? "missing_lines" : "executed_lines"));
        listed_.remove_lines(excluded_);
        const Count lines = listed_.lines();
        if (!summary_.is_null()) {
            const auto counted = count_of(summary_, "covered_lines", "num_statements");
            if (!counted) return broken(fmt::format("the summary of '{}' can't be read", one_line(name, 60)));
            if (counted->total - counted->covered == lines.total - lines.covered && counted->covered < lines.covered)
                listed_.count_lines(*counted);
            if (summary_.contains("num_branches")) {
                const auto branches = count_of(summary_, "covered_branches", "num_branches");
                if (!branches) return broken(fmt::format("the branches of '{}' can't be read", one_line(name, 60)));
                listed_.declare_branches(*branches);
            }
        }
        file(name).merge(listed_);
        return within_limit();
    }

    List list_ = List::none; // that is open
    FileCoverage listed_, excluded_;
    Json summary_;
    bool has_executed_ = false, has_missing_ = false;
};

}

Result<void> read_coverage_py(const Source& source, const SourceTree& tree, Evidence& evidence) {
    CoveragePyHandler handler(source.name(), tree, evidence.coverage.emplace());
    return source.json(handler);
}

}
