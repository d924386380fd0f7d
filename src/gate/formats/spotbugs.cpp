#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include <fmt/format.h>

// SpotBugs' XML (bugcollection.xsd), with messages or without, and that of FindBugs.
namespace fairlead::gate {

namespace {

class SpotbugsHandler : public sys::XmlHandler {
  public:
    SpotbugsHandler(const Source& source, const SourceTree& tree, Evidence& evidence)
        : tree_(tree), out_(source, "SpotBugs", evidence) {}

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        ++depth_;
        if (name == "BugInstance" && bug_ == 0) return bug(attributes);
        if (name == "Errors") {
            const auto errors = trim(attributes.get("errors"));
            if (errors.find_first_not_of('0') != std::string_view::npos)
                complaint_ = fmt::format("{} errors of its analysis", one_line(errors));
        }
        if (bug_ == 0 || depth_ != bug_ + 1) return {};
        if (name == "SourceLine" && finding_.line == 0) place(attributes);
        if (name == "Class" && class_.empty()) class_ = attributes.get("classname").substr(0, 4096);
        in_message_ = name == "LongMessage" || (name == "ShortMessage" && finding_.message.empty());
        if (in_message_) finding_.message.clear();
        return {};
    }
    Result<void> end(std::string_view) override {
        if (depth_ == bug_) end_bug();
        in_message_ = false;
        --depth_;
        return {};
    }
    Result<void> text(std::string_view part) override {
        if (in_message_ && finding_.message.size() < 4096) finding_.message += part.substr(0, 4096);
        return {};
    }
    void close() { out_.fail_if_silent(complaint_); }

  private:
    Result<void> bug(const sys::XmlAttributes& attributes) {
        const auto priority = trim(attributes.get("priority"));
        if (priority.size() != 1 || priority < "1" || priority > "9")
            return out_.broken(fmt::format("the priority of a bug is '{}', expected 1 to 5", one_line(priority)));
        level_ = priority == "1" ? Level::error : priority == "2" ? Level::warning : Level::note;
        bug_ = depth_;
        class_.clear();
        finding_ = Foreign();
        finding_.rule = attributes.get("type");
        return {};
    }
    void place(const sys::XmlAttributes& attributes) {
        finding_.line = line_of(attributes.get("start"));
        finding_.file = attributes.get("relSourcepath").substr(0, 4096); // below a source folder, as is the other
        if (finding_.file.empty()) finding_.file = attributes.get("sourcepath").substr(0, 4096);
    }
    // The report names it below its source folder.
    void find_file() {
        for (const std::string_view folder : {"", "src/main/java/", "src/main/kotlin/", "src/main/groovy/",
                                              "src/main/scala/", "src/test/java/", "src/test/kotlin/"}) {
            auto found = tree_.find(std::string(folder) + finding_.file);
            if (found.empty()) continue;
            finding_.file = std::move(found);
            return;
        }
    }
    void end_bug() {
        bug_ = 0;
        if (out_.keeps(level_)) {
            find_file();
            if (finding_.message.empty()) finding_.message = class_;
        }
        out_.add(level_, std::move(finding_));
    }

    const SourceTree& tree_;
    Findings out_;
    std::size_t depth_ = 0, bug_ = 0; // depth of the bug that is open; 0: none is
    bool in_message_ = false;
    Level level_ = Level::note;
    Foreign finding_;
    std::string class_, complaint_;
};

}

Result<void> read_spotbugs(const Source& source, const SourceTree& tree, Evidence& evidence) {
    SpotbugsHandler handler(source, tree, evidence);
    TRY_VOID(source.xml(handler));
    handler.close();
    return {};
}

}
