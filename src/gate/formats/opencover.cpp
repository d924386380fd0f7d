#include "base/text.h"
#include "gate/formats/coverage_parts.h"
#include "gate/formats/readers.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

// OpenCover XML, of OpenCover, coverlet and AltCover. Points are counted; the summaries beside them are not used.
namespace fairlead::gate {

namespace {

class OpenCoverHandler : public sys::XmlHandler, private CoverageReader {
  public:
    using CoverageReader::CoverageReader;

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        if (skipped_ > 0 || attributes.has("skippedDueTo")) {
            ++skipped_;
            return {};
        }
        text_ = nullptr;
        if (name == "SequencePoint") return sequence_point(attributes);
        if (name == "BranchPoint") return branch_point(attributes);
        if (name == "File") return add_file(attributes);
        if (name == "FileRef")
            file_of_method_ = attributes.get("uid").substr(0, longest_name);
        else if (name == "FullName" || name == "Name")
            begin_text(name == "Name" ? method_ : class_);
        else if (name == "Class")
            begin_class();
        else if (name == "Method")
            begin_method();
        return {};
    }
    Result<void> end(std::string_view) override {
        if (skipped_ > 0) --skipped_;
        text_ = nullptr;
        return {};
    }
    Result<void> text(std::string_view part) override {
        if (text_) *text_ += part.substr(0, longest_name - std::min(longest_name, text_->size()));
        return {};
    }

  private:
    static constexpr std::size_t longest_name = 4096;
    static constexpr std::uint64_t no_line = 0xFEEFEE; // of code that the compiler hides from debuggers

    void begin_text(std::string& text) {
        text.clear();
        text_ = &text;
    }
    void begin_class() {
        class_.clear();
        nth_method_ = 0;
    }
    void begin_method() {
        ++nth_method_;
        nth_branch_ = 0;
        method_.clear();
        file_of_method_.clear();
        file_ = nullptr;
    }
    // Modules number their files by themselves or all together; where two use one number, the later one is meant.
    Result<void> add_file(const sys::XmlAttributes& attributes) {
        if (sys::stop_requested()) return could_not(fmt::format("interrupted while {} was read", report_));
        const std::string uid(attributes.get("uid").substr(0, longest_name));
        auto path = tree_.find_or_tidy(attributes.get("fullPath"));
        weight_ += 1 + (uid.size() + path.size()) / 64;
        files_[uid] = std::move(path);
        if (uid == uid_) uid_.clear();
        return within_limit(weight_);
    }
    // The file of a point, else of its method; null when neither names one.
    Result<FileCoverage*> file_of(const sys::XmlAttributes& attributes) {
        const auto own = attributes.get("fileid");
        const auto uid = own.empty() ? std::string_view(file_of_method_) : own;
        if (uid.empty()) return file_;
        if (file_ && uid == uid_) return file_;
        uid_ = uid.substr(0, longest_name);
        const auto found = files_.find(uid_);
        if (found == files_.end()) return broken(fmt::format("file '{}' is not listed", one_line(uid, 60)));
        return file_ = &coverage_.file(found->second);
    }

    Result<void> sequence_point(const sys::XmlAttributes& attributes) {
        const auto visits = TRY(number_in(attributes, "SequencePoint", "vc"));
        const auto line = TRY(number_in(attributes, "SequencePoint", "sl", most_lines));
        if (line == no_line) return {};
        FileCoverage* target = TRY(file_of(attributes));
        if (!target) return broken("neither a <SequencePoint> nor its <Method> names a file");
        target->line(static_cast<std::uint32_t>(line), visits > 0);
        return within_limit(weight_);
    }
    // Methods of one name are those of one source: the same code in two modules has its branches once.
    Result<void> branch_point(const sys::XmlAttributes& attributes) {
        const auto visits = TRY(number_in(attributes, "BranchPoint", "vc"));
        FileCoverage* target = TRY(file_of(attributes));
        if (!target) target = &coverage_.file(report_); // it counts, wherever it stands
        const auto method = method_.empty() ? fmt::format("{}", nth_method_) : method_;
        target->arm(coverage_key(fmt::format("{}\n{}\n{}", class_, method, nth_branch_++)), visits > 0);
        return within_limit(weight_);
    }

    int skipped_ = 0; // elements that are open, from one on that was left out of the measurement
    std::string class_, method_;
    std::string* text_ = nullptr; // what the text of the open element is
    std::size_t nth_method_ = 0, nth_branch_ = 0;
    std::unordered_map<std::string, std::string> files_; // their paths by uid
    std::size_t weight_ = 0;                             // of those
    std::string file_of_method_, uid_;                   // uids: of the open method, of `file_`
    FileCoverage* file_ = nullptr;
};

}

Result<void> read_opencover(const Source& source, const SourceTree& tree, Evidence& evidence) {
    OpenCoverHandler handler(source.name(), tree, evidence.coverage.emplace());
    return source.xml(handler);
}

}
