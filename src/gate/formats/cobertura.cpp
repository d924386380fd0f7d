#include "base/text.h"
#include "gate/formats/numbers.h"
#include "gate/formats/readers.h"
#include "sys/signals.h"
#include <charconv>
#include <fmt/format.h>

// Cobertura XML (coverage-04.dtd and what other tools make of it). A class lists its lines, those of its methods among
// them; what only its methods list counts when it lists none itself (Istanbul's methods tell where functions are
// declared, which its classes don't measure). Totals in the header are not used.
namespace fairlead::gate {

namespace {

class CoberturaHandler : public sys::XmlHandler {
  public:
    CoberturaHandler(const std::string& report, const SourceTree& tree, CoverageMap& coverage)
        : report_(report), tree_(tree), coverage_(coverage) {}

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        if (name == "line") return line(attributes);
        if (name == "class") return ++classes_ == 1 ? begin_class(attributes.get("filename")) : Result<void>();
        if (name == "methods") ++methods_;
        if (name == "method")
            is_no_method_ = attributes.get("name") == "(empty-report)"; // Vitest's, of a file without code
        if (name != "source") return {};
        in_source_ = true;
        if (sources_.size() == most_sources)
            return broken(fmt::format("there are more than {} <source>, which is the limit", most_sources));
        sources_.emplace_back();
        return {};
    }
    Result<void> end(std::string_view name) override {
        if (name == "source")
            in_source_ = false;
        else if (name == "methods")
            --methods_;
        else if (name == "class" && --classes_ == 0)
            end_class();
        return {};
    }
    Result<void> text(std::string_view part) override {
        if (in_source_ && sources_.back().size() < 4096) sources_.back() += part;
        return {};
    }

  private:
    static constexpr std::size_t most_sources = 100; // each is asked for each class

    // What makes the report unreadable.
    Error broken(std::string why) const { return no(std::move(why), {report_, 0, 0, {}}); }

    Result<void> begin_class(std::string_view filename) {
        if (sys::stop_requested()) return could_not(fmt::format("interrupted while {} was read", report_));
        if (!file_ || filename != filename_) {
            filename_ = filename;
            file_ = &coverage_.file(path_of(filename));
        }
        of_methods_ = FileCoverage();
        lists_lines_ = false;
        return {};
    }
    void end_class() {
        if (!lists_lines_) file_->merge(of_methods_);
        of_methods_ = FileCoverage();
    }
    // A name is absolute, relative to one of the sources, or to a folder of the report's.
    std::string path_of(std::string_view filename) {
        const auto plain = tree_.tidy(filename);
        std::vector<std::string> candidates;
        for (const auto& source : sources_) candidates.push_back(std::string(trim(source)) + '/' + plain);
        candidates.push_back(plain);
        for (const auto search : {&SourceTree::find_exact, &SourceTree::find})
            for (const auto& candidate : candidates) {
                auto found = (tree_.*search)(candidate);
                if (!found.empty()) return found;
            }
        return plain;
    }

    Result<void> line(const sys::XmlAttributes& attributes) {
        if (classes_ == 0) return {};
        const auto written = attributes.get("number");
        const auto whole = written.substr(0, written.find('.')); // "12.0" occurs
        std::uint32_t number = 0;
        const auto parsed = std::from_chars(whole.data(), whole.data() + whole.size(), number);
        bool covered = false;
        if (parsed.ec != std::errc() || parsed.ptr != whole.data() + whole.size() ||
            !parse_hits(attributes.get("hits"), covered))
            return broken(fmt::format("a <line> can't be read: number '{}', hits '{}'", one_line(written),
                                      one_line(attributes.get("hits"))));
        if (methods_ > 0 && is_no_method_) return {};
        FileCoverage& target = methods_ > 0 ? of_methods_ : *file_;
        lists_lines_ |= methods_ == 0;
        target.line(number, covered);
        if (!condition(target, number, attributes.get("condition-coverage")))
            return broken(fmt::format("a <line> can't be read: condition-coverage '{}'",
                                      one_line(attributes.get("condition-coverage"))));
        if (coverage_.entries() + of_methods_.entries() > CoverageMap::most_entries)
            return broken(CoverageMap::over_limit());
        return {};
    }

    // "50% (1/2)". False: its parts can't be read. Without parts it says nothing of branches.
    static bool condition(FileCoverage& target, std::uint32_t number, std::string_view text) {
        const auto open = text.find('('), slash = text.find('/'), close = text.find(')');
        if (open == text.npos) return true;
        if (slash == text.npos || close == text.npos || slash < open || close < slash) return false;
        constexpr std::uint64_t most_arms = 1'000'000;
        const auto covered = whole_number(trim(text.substr(open + 1, slash - open - 1)), most_arms);
        const auto total = whole_number(trim(text.substr(slash + 1, close - slash - 1)), most_arms);
        if (!covered || !total || *covered > *total) return false;
        target.condition(number, {*covered, *total});
        return true;
    }

    const std::string& report_;
    const SourceTree& tree_;
    CoverageMap& coverage_;
    std::vector<std::string> sources_;
    bool in_source_ = false;
    int classes_ = 0, methods_ = 0; // how many are open
    bool is_no_method_ = false;
    std::string filename_;         // of the class
    FileCoverage* file_ = nullptr; // that it leads to
    FileCoverage of_methods_;
    bool lists_lines_ = false;
};

}

Result<void> read_cobertura(const Source& source, const SourceTree& tree, Evidence& evidence) {
    CoberturaHandler handler(source.name(), tree, evidence.coverage.emplace());
    return source.xml(handler);
}

}
