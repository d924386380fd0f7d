#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"

// Checkstyle XML, which dozens of linters write (ESLint, PHP_CodeSniffer, ktlint, detekt, scalastyle, shellcheck ...).
namespace fairlead::gate {

namespace {

class CheckstyleHandler : public sys::XmlHandler {
  public:
    CheckstyleHandler(const Source& source, Evidence& evidence) : out_(source, "Checkstyle", evidence) {}

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        if (name == "file") file_ = attributes.get("name").substr(0, 4096);
        if (name == "error") error(attributes);
        if (name == "exception") {
            in_exception_ = true;
            exception_.clear();
        }
        return {};
    }
    Result<void> end(std::string_view name) override {
        if (name == "file") file_.clear();
        if (name != "exception") return {};
        in_exception_ = false;
        // The file was not checked.
        const auto text = trim(std::string_view(exception_));
        const std::string why(text.substr(0, text.find('\n')));
        out_.fail("Checkstyle could not check " + one_line((file_.empty() ? "a file" : file_) + ": " + why));
        Foreign finding;
        finding.rule = "exception";
        finding.message = why;
        finding.file = file_;
        out_.add(Level::error, std::move(finding));
        return {};
    }
    Result<void> text(std::string_view part) override {
        if (in_exception_ && exception_.size() < 4096) exception_ += part.substr(0, 4096);
        return {};
    }

  private:
    void error(const sys::XmlAttributes& attributes) {
        const auto severity = lower(attributes.get("severity"));
        if (severity == "ignore") return;
        const auto level = severity.empty() || severity == "error" ? Level::error
                           : severity == "warning"                 ? Level::warning
                                                                   : Level::note;
        Foreign finding;
        finding.rule = attributes.get("source");
        finding.message = attributes.get("message");
        finding.file = file_;
        finding.line = line_of(attributes.get("line"));
        finding.column = line_of(attributes.get("column"));
        out_.add(level, std::move(finding));
    }

    Findings out_;
    std::string file_, exception_;
    bool in_exception_ = false;
};

}

Result<void> read_checkstyle(const Source& source, const SourceTree&, Evidence& evidence) {
    CheckstyleHandler handler(source, evidence);
    return source.xml(handler);
}

}
