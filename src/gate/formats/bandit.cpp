#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>

// Bandit, -f json: bandit/formatters/json.py.
namespace fairlead::gate {

namespace {

class BanditHandler : public FindingsHandler {
  public:
    BanditHandler(const Source& source, Evidence& evidence) : FindingsHandler(source, "Bandit", evidence) {}

    bool keeps(std::string_view path, std::string_view name) const override {
        return path != "/results/*" ||
               is_one_of(name, {"filename", "issue_severity", "issue_text", "line_number", "col_offset", "test_id"});
    }

  protected:
    Part part(std::string_view path) const override {
        if (path == "/results") return Part::list;
        if (path == "/errors/*") return Part::fact;
        return path.empty() || path == "/errors" ? Part::enter : Part::skip;
    }
    Result<void> item(std::string_view, const sys::Json& value) override {
        static constexpr LevelWord words[] = {{"high", Level::error}, {"medium", Level::warning}};
        const auto severity = TRY(out.word(value, "issue_severity"));
        if (severity.empty()) return out.broken("a result has no issue_severity");
        Foreign finding;
        finding.rule = sys::text_of(value, "test_id");
        finding.message = sys::text_of(value, "issue_text");
        finding.file = sys::text_of(value, "filename");
        finding.line = number_of(value, "line_number");
        finding.column = number_of(value, "col_offset", -1) + 1; // counted from 0
        out.add(level_of_word(severity, words).value_or(Level::note), std::move(finding));
        return {};
    }
    Result<void> fact(std::string_view, const sys::Json& value) override {
        out.fail(one_line(fmt::format("bandit did not look at {}: {}", sys::text_of(value, "filename"),
                                      sys::text_of(value, "reason"))));
        return {};
    }
};

}

Result<void> read_bandit(const Source& source, const SourceTree&, Evidence& evidence) {
    BanditHandler handler(source, evidence);
    return read_findings(source, handler);
}

}
