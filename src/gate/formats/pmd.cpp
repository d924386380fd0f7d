#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include <fmt/format.h>

// PMD's XML (pmd_report_1_0_0.xsd and 2_0_0) and PHPMD's, which is the same. What a comment silences is a
// <suppressedviolation> and doesn't count.
namespace fairlead::gate {

namespace {

class PmdHandler : public sys::XmlHandler {
  public:
    PmdHandler(const Source& source, Evidence& evidence) : out_(source, "PMD", evidence) {}

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        if (name == "file") file_ = attributes.get("name").substr(0, 4096);
        if (name == "violation") return violation(attributes);
        if (name == "error") not_analysed(attributes.get("filename"), attributes.get("msg"));
        if (name == "configerror") not_analysed(attributes.get("rule"), attributes.get("msg"));
        return {};
    }
    Result<void> end(std::string_view name) override {
        if (name == "file") file_.clear();
        if (name != "violation" || !open_) return {};
        open_ = false;
        out_.add(level_, std::move(finding_));
        return {};
    }
    Result<void> text(std::string_view part) override {
        if (open_ && finding_.message.size() < 4096) finding_.message += part.substr(0, 4096);
        return {};
    }

  private:
    Result<void> violation(const sys::XmlAttributes& attributes) {
        const auto priority = trim(attributes.get("priority"));
        if (priority.size() != 1 || priority < "1" || priority > "5")
            return out_.broken(fmt::format("the priority of a violation is '{}', expected 1 to 5", one_line(priority)));
        level_ = priority < "3" ? Level::error : priority == "3" ? Level::warning : Level::note;
        finding_ = Foreign();
        finding_.rule = attributes.get("rule");
        finding_.file = file_;
        finding_.line = line_of(attributes.get("beginline"));
        finding_.column = line_of(attributes.get("begincolumn"));
        open_ = true;
        return {};
    }
    void not_analysed(std::string_view what, std::string_view why) {
        out_.fail(fmt::format("PMD could not analyse {}: {}", one_line(what), one_line(why)));
        Foreign finding;
        finding.rule = "error";
        finding.message = fmt::format("{}: {}", what, why);
        out_.add(Level::error, std::move(finding));
    }

    Findings out_;
    std::string file_;
    bool open_ = false; // a violation
    Level level_ = Level::note;
    Foreign finding_;
};

}

Result<void> read_pmd(const Source& source, const SourceTree&, Evidence& evidence) {
    PmdHandler handler(source, evidence);
    return source.xml(handler);
}

}
