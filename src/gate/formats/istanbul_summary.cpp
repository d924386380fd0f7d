#include "base/text.h"
#include "gate/formats/coverage_parts.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>

// Istanbul's coverage-summary.json (reporter json-summary): how many lines of each file, and of all, are covered.
namespace fairlead::gate {

namespace {

using sys::Json;

class IstanbulSummaryHandler : public sys::JsonHandler, private CoverageReader {
  public:
    using CoverageReader::CoverageReader;

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (!path.empty() && kind != sys::JsonKind::object)
            return broken(fmt::format("'{}' is not an object", one_line(last_name(path), 60)));
        return path.empty() ? Take::enter : Take::build;
    }
    Result<void> built(std::string_view path, Json value) override {
        const auto name = last_name(path);
        const auto lines = count_at(value, "lines");
        if (!lines) return broken(fmt::format("the lines of '{}' can't be read", one_line(name, 60)));
        auto branches = count_at(value, "branches");
        if (!branches && value.contains("branches"))
            return broken(fmt::format("the branches of '{}' can't be read", one_line(name, 60)));
        if (!branches) branches.emplace();
        if (name == "total") {
            lines_ = *lines;
            branches_ = *branches;
            return {};
        }
        FileCoverage counted;
        counted.declare_lines(*lines);
        counted.declare_branches(*branches);
        file(name).merge(counted);
        return within_limit();
    }
    bool keeps(std::string_view, std::string_view member) const override {
        return member == "lines" || member == "branches";
    }
    void close() { settle(lines_, branches_); }

  private:
    static std::optional<Count> count_at(const Json& value, const char* member) {
        return value.contains(member) ? count_of(value[member], "covered", "total") : std::nullopt;
    }
    Count lines_, branches_; // of all files
};

}

Result<void> read_istanbul_summary(const Source& source, const SourceTree& tree, Evidence& evidence) {
    IstanbulSummaryHandler handler(source.name(), tree, evidence.coverage.emplace());
    TRY_VOID(source.json(handler));
    handler.close();
    return {};
}

}
