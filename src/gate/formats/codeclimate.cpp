#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"

// CodeClimate's issues (SPEC.md of codeclimate/platform) and what GitLab Code Quality takes of them.
namespace fairlead::gate {

namespace {

class CodeclimateHandler : public FindingsHandler {
  public:
    CodeclimateHandler(const Source& source, Evidence& evidence) : FindingsHandler(source, "CodeClimate", evidence) {}

    bool keeps(std::string_view path, std::string_view name) const override {
        return path != "/*" ||
               is_one_of(name, {"type", "check_name", "description", "severity", "location", "engine_name"});
    }

  protected:
    Part part(std::string_view path) const override { return path.empty() ? Part::list : Part::skip; }
    Result<void> item(std::string_view, const sys::Json& value) override {
        static constexpr LevelWord words[] = {{"blocker", Level::error}, {"critical", Level::error},
                                              {"major", Level::error},   {"minor", Level::warning},
                                              {"none", Level::warning},  {"info", Level::note}};
        const auto type = TRY(out.word(value, "type"));
        if (!type.empty() && lower(type) != "issue") return {}; // measurements
        const auto severity = TRY(out.word(value, "severity"));
        const sys::Json& place = member_of(value, "location");
        Foreign finding;
        finding.tool = sys::text_of(value, "engine_name");
        finding.rule = sys::text_of(value, "check_name");
        finding.message = sys::text_of(value, "description");
        finding.file = sys::text_of(place, "path");
        const sys::Json& begin = member_of(member_of(place, "positions"), "begin");
        finding.line = number_of(member_of(place, "lines"), "begin", number_of(begin, "line"));
        finding.column = number_of(begin, "column");
        const auto level = level_of_word(severity.empty() ? "none" : severity, words);
        out.add(level.value_or(Level::error), std::move(finding)); // what is unknown to us weighs most
        return {};
    }
};

}

Result<void> read_codeclimate(const Source& source, const SourceTree&, Evidence& evidence) {
    CodeclimateHandler handler(source, evidence);
    return read_findings(source, handler);
}

}
