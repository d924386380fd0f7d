#include "base/text.h"
#include "gate/formats/coverage_parts.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>
#include <unordered_map>

// Istanbul's coverage-final.json, of nyc, Jest, Vitest and c8: statements with their places, and how often they ran. A
// line is where statements begin, and is covered when one of them ran. The lines of one file are held at a time.
namespace fairlead::gate {

namespace {

using sys::Json;

class IstanbulHandler : public sys::JsonHandler, private CoverageReader {
  public:
    using CoverageReader::CoverageReader;

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (path.empty()) return Take::enter;
        const auto slash = path.find('/', 1);
        if (slash == std::string_view::npos) return begin_file(path, kind);
        auto member = path.substr(slash);
        if (member == "/data") return Take::enter;
        if (member.starts_with("/data/")) member.remove_prefix(5);
        const auto below = member.find('/', 1);
        const auto table = member.substr(0, below);
        if (table != "/statementMap" && table != "/s" && table != "/b") return Take::skip;
        if (below != std::string_view::npos) return Take::build;
        if (kind != sys::JsonKind::object)
            return broken(fmt::format("{} of '{}' is not an object", table.substr(1), one_line(name_, 60)));
        table_ = table == "/s" ? Table::counts : table == "/b" ? Table::branches : Table::places;
        has_places_ |= table_ == Table::places;
        has_counts_ |= table_ == Table::counts;
        return Take::enter;
    }
    Result<void> built(std::string_view path, Json value) override {
        const auto id = last_name(path);
        if (table_ == Table::branches) return branch(id, value);
        Statement& statement = statements_[coverage_key(id)];
        if (table_ == Table::counts) {
            const auto hit = is_hit(value);
            if (!hit)
                return broken(fmt::format("statement {} has {} for its count", one_line(id, 20), json_shown(value)));
            statement.has_count = true;
            statement.hit |= *hit;
        } else {
            const Json* line = sys::json_pointer(value, "/start/line");
            const auto number = line ? whole_number(*line, most_lines) : std::nullopt;
            if (!number) return broken(fmt::format("statement {} has no line", one_line(id, 20)));
            statement.has_line = true;
            statement.line = static_cast<std::uint32_t>(*number);
        }
        return within_limit(statements_.size());
    }
    bool keeps(std::string_view, std::string_view member) const override { return member == "start"; }
    Result<void> left(std::string_view path) override {
        return path.empty() || path.find('/', 1) != std::string_view::npos ? Result<void>() : end_file();
    }

  private:
    enum class Table { places, counts, branches };
    struct Statement {
        std::uint32_t line = 0;
        bool has_line = false, has_count = false, hit = false;
    };

    Result<Take> begin_file(std::string_view path, sys::JsonKind kind) {
        name_ = last_name(path);
        if (kind != sys::JsonKind::object) return broken(fmt::format("'{}' is not an object", one_line(name_, 60)));
        statements_.clear();
        has_places_ = has_counts_ = false;
        file_ = &file(name_);
        return Take::enter;
    }
    Result<void> end_file() {
        if (!has_places_ || !has_counts_)
            return broken(fmt::format("file '{}' has no {}", one_line(name_, 60), has_places_ ? "s" : "statementMap"));
        for (const auto& [id, statement] : statements_) {
            if (!statement.has_line || !statement.has_count)
                return broken(fmt::format("a statement of '{}' has no {}", one_line(name_, 60),
                                          statement.has_line ? "count" : "place"));
            file_->line(statement.line, statement.hit);
        }
        statements_.clear();
        return within_limit();
    }
    Result<void> branch(const std::string& id, const Json& arms) {
        if (!arms.is_array()) return broken(fmt::format("branch {} is not a list", one_line(id, 20)));
        for (std::size_t nth = 0; nth < arms.size(); ++nth) {
            const auto hit = is_hit(arms[nth]);
            if (!hit)
                return broken(fmt::format("branch {} has {} for a count", one_line(id, 20), json_shown(arms[nth])));
            file_->arm(coverage_key(fmt::format("{},{}", id, nth)), *hit);
        }
        return within_limit(statements_.size());
    }

    std::string name_; // of the file
    FileCoverage* file_ = nullptr;
    std::unordered_map<std::uint64_t, Statement> statements_; // of the file, by id
    Table table_ = Table::places;
    bool has_places_ = false, has_counts_ = false;
};

}

Result<void> read_istanbul(const Source& source, const SourceTree& tree, Evidence& evidence) {
    IstanbulHandler handler(source.name(), tree, evidence.coverage.emplace());
    return source.json(handler);
}

}
