#include "base/text.h"
#include "gate/formats/coverage_parts.h"
#include "gate/formats/readers.h"
#include "sys/signals.h"
#include <fmt/format.h>

// Clover XML (clover.xsd), of OpenClover, PHPUnit, Istanbul and gcovr. Lines are those of files, whatever their type;
// those of test projects don't count, as with OpenClover itself.
namespace fairlead::gate {

namespace {

class CloverHandler : public sys::XmlHandler, private CoverageReader {
  public:
    using CoverageReader::CoverageReader;

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        ++depth_;
        if (depth_ == 1) {
            is_of_clover_ = attributes.has("clover");
            is_istanbul_ = attributes.get("clover") == "3.2.0";
        }
        if (name == "testproject") ++tests_;
        if (tests_ > 0) return {};
        if (name == "file") return begin_file(attributes);
        const bool is_heading = !is_of_clover_ && attributes.get("type") == "method"; // PHPUnit's, where no code is
        if (name == "line" && file_ && !is_heading) return line(attributes);
        if (name == "metrics" && file_ && depth_ == depth_of_file_ + 1) return metrics(attributes);
        return {};
    }
    Result<void> end(std::string_view name) override {
        --depth_;
        if (name == "testproject") --tests_;
        if (depth_ < depth_of_file_) file_ = nullptr;
        return {};
    }

  private:
    // Istanbul's `name` is the last part of `path`, PHPUnit has a whole `name` and nothing else.
    Result<void> begin_file(const sys::XmlAttributes& attributes) {
        if (sys::stop_requested()) return could_not(fmt::format("interrupted while {} was read", report_));
        const auto path = attributes.get("path");
        const auto name = path.empty() ? attributes.get("name") : path;
        if (name.empty()) return broken("a <file> has no path and no name");
        file_ = &file(name);
        depth_of_file_ = depth_;
        last_condition_ = nth_condition_ = 0;
        return within_limit();
    }

    Result<void> line(const sys::XmlAttributes& attributes) {
        const auto written = TRY(number_in(attributes, "line", "num", most_lines));
        const auto number = static_cast<std::uint32_t>(written);
        const bool has_arms = attributes.get("type") == "cond" && attributes.has("truecount");
        std::uint64_t taken = 0;
        if (has_arms) taken = TRY(condition(attributes, number));
        if (!has_arms || attributes.has("count")) taken = TRY(number_in(attributes, "line", "count"));
        file_->line(number, taken > 0);
        return within_limit();
    }

    // OpenClover counts how often a condition was true and false: two arms. Istanbul writes how many arms of all
    // branches of the line were taken, and how many not. What comes back is above 0 when any was taken.
    Result<std::uint64_t> condition(const sys::XmlAttributes& attributes, std::uint32_t number) {
        const auto most = is_istanbul_ ? most_lines : ~std::uint64_t{0};
        const auto when_true = TRY(number_in(attributes, "line", "truecount", most));
        const auto when_false = TRY(number_in(attributes, "line", "falsecount", most));
        if (is_istanbul_) {
            file_->condition(number, {when_true, when_true + when_false});
            return when_true;
        }
        nth_condition_ = number == last_condition_ ? nth_condition_ + 1 : 0;
        last_condition_ = number;
        file_->arm(coverage_key(fmt::format("{},{},true", number, nth_condition_)), when_true > 0);
        file_->arm(coverage_key(fmt::format("{},{},false", number, nth_condition_)), when_false > 0);
        return when_true > 0 ? when_true : when_false;
    }

    // For a file without lines.
    Result<void> metrics(const sys::XmlAttributes& attributes) {
        for (const bool lines : {true, false}) {
            const std::string name = lines ? "statements" : "conditionals";
            if (!attributes.has(name) || !attributes.has("covered" + name)) continue;
            const auto total = TRY(number_in(attributes, "metrics", name, most_lines));
            const auto covered = TRY(number_in(attributes, "metrics", "covered" + name, total));
            if (lines)
                file_->declare_lines({covered, total});
            else
                file_->declare_branches({covered, total});
        }
        return {};
    }

    bool is_of_clover_ = false, is_istanbul_ = false;
    int depth_ = 0, depth_of_file_ = 0;
    int tests_ = 0; // test projects that are open
    FileCoverage* file_ = nullptr;
    std::uint32_t last_condition_ = 0, nth_condition_ = 0; // its line, and which one it is there
};

}

Result<void> read_clover(const Source& source, const SourceTree& tree, Evidence& evidence) {
    CloverHandler handler(source.name(), tree, evidence.coverage.emplace());
    return source.xml(handler);
}

}
