#include "base/text.h"
#include "gate/readers.h"
#include <charconv>
#include <fmt/format.h>

// Cobertura XML (coverage-04.dtd and what other tools make of it). The lines of methods are those of the class again;
// totals in the header are not used.
namespace fairlead::gate {

namespace {

class Handler : public sys::XmlHandler {
  public:
    Handler(const SourceTree& tree, CoverageMap& coverage) : tree_(tree), coverage_(coverage) {}

    void start(std::string_view name, const sys::XmlAttributes& attributes) override {
        if (name == "line")
            line(attributes);
        else if (name == "class") {
            if (++classes_ == 1) file_ = &coverage_.file(path_of(attributes.get("filename")));
        } else if (name == "source") {
            in_source_ = true;
            sources_.emplace_back();
        }
    }
    void end(std::string_view name) override {
        if (name == "source")
            in_source_ = false;
        else if (name == "class" && --classes_ == 0)
            file_ = nullptr;
    }
    void text(std::string_view part) override {
        if (in_source_ && sources_.back().size() < 4096) sources_.back() += part;
    }
    std::string broken; // the first line that can't be read

  private:
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

    void line(const sys::XmlAttributes& attributes) {
        if (!file_) return;
        const auto written = attributes.get("number");
        const auto whole = written.substr(0, written.find('.')); // "12.0" occurs
        std::uint32_t number = 0;
        const auto parsed = std::from_chars(whole.data(), whole.data() + whole.size(), number);
        bool covered = false;
        if (parsed.ec != std::errc() || parsed.ptr != whole.data() + whole.size() ||
            !parse_hits(attributes.get("hits"), covered)) {
            if (broken.empty()) broken = fmt::format("number '{}', hits '{}'", written, attributes.get("hits"));
            return;
        }
        file_->line(number, covered);
        condition(number, attributes.get("condition-coverage"));
    }

    // "50% (1/2)"
    void condition(std::uint32_t number, std::string_view text) {
        const auto open = text.find('('), slash = text.find('/');
        if (open == std::string_view::npos || slash == std::string_view::npos || slash < open) return;
        Count arms;
        const auto covered = text.substr(open + 1), total = text.substr(slash + 1);
        std::from_chars(covered.data(), covered.data() + covered.size(), arms.covered);
        std::from_chars(total.data(), total.data() + total.size(), arms.total);
        if (arms.covered <= arms.total && arms.total < 1'000'000) file_->condition(number, arms);
    }

    const SourceTree& tree_;
    CoverageMap& coverage_;
    std::vector<std::string> sources_;
    bool in_source_ = false;
    int classes_ = 0;
    FileCoverage* file_ = nullptr;
};

}

Result<void> read_cobertura(const Source& source, const SourceTree& tree, Evidence& evidence) {
    Handler handler(tree, evidence.coverage.emplace());
    TRY_VOID(source.xml(handler));
    if (!handler.broken.empty())
        return no(fmt::format("a <line> can't be read: {}", one_line(handler.broken)), {source.name(), 0, 0, {}});
    return {};
}

}
