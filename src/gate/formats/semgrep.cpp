#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"

// Semgrep (Opengrep), --json: semgrep-interfaces, semgrep_output_v1.atd.
namespace fairlead::gate {

namespace {

class SemgrepHandler : public FindingsHandler {
  public:
    SemgrepHandler(const Source& source, Evidence& evidence) : FindingsHandler(source, "Semgrep", evidence) {}

  protected:
    Part part(std::string_view path) const override {
        if (path == "/results") return Part::list;
        if (path == "/errors/*") return Part::fact;
        return path.empty() || path == "/errors" ? Part::enter : Part::skip;
    }
    Result<void> item(std::string_view, const sys::Json& value) override {
        static constexpr LevelWord words[] = {{"error", Level::error},
                                              {"critical", Level::error},
                                              {"high", Level::error},
                                              {"warning", Level::warning},
                                              {"medium", Level::warning}};
        const sys::Json& extra = member_of(value, "extra");
        const sys::Json& ignored = member_of(extra, "is_ignored"); // by a nosemgrep comment
        if (!ignored.is_null() && !ignored.is_boolean()) return out.broken("is_ignored of a result is not a boolean");
        const auto severity = TRY(out.word(extra, "severity"));
        if (severity.empty()) return out.broken("a result has no severity");
        if (ignored == sys::Json(true)) return {};
        const sys::Json& start = member_of(value, "start");
        Foreign finding;
        finding.rule = sys::text_of(value, "check_id");
        finding.message = sys::text_of(extra, "message");
        finding.file = sys::text_of(value, "path");
        finding.line = number_of(start, "line");
        finding.column = number_of(start, "col");
        out.add(level_of_word(severity, words).value_or(Level::note), std::move(finding));
        return {};
    }
    // Files that can't be parsed are of the level "warn"; an error is a broken rule or a crash.
    Result<void> fact(std::string_view, const sys::Json& value) override {
        if (sys::text_of(value, "level") != "error") return {};
        std::string why;
        for (const auto* key : {"message", "long_msg", "type"})
            if (why.empty()) why = one_line(sys::text_of(value, key));
        out.fail("Semgrep did not do all of its work: " + (why.empty() ? "an error without a message" : why));
        return {};
    }
};

}

Result<void> read_semgrep(const Source& source, const SourceTree&, Evidence& evidence) {
    SemgrepHandler handler(source, evidence);
    return read_findings(source, handler);
}

}
