#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

// ESLint, --format json (a list of files) and json-with-metadata (the list in `results`). What a comment silences is
// listed apart (`suppressedMessages`) and doesn't count.
namespace fairlead::gate {

namespace {

class EslintHandler : public FindingsHandler {
  public:
    EslintHandler(const Source& source, Evidence& evidence)
        : FindingsHandler(source, "ESLint", evidence), evidence_(evidence) {}

    bool keeps(std::string_view path, std::string_view name) const override {
        return !path.ends_with("/messages/*") ||
               is_one_of(name, {"ruleId", "severity", "fatal", "message", "line", "column"});
    }
    Result<void> left(std::string_view path) override {
        if (is_file(path)) end_file();
        return {};
    }
    Result<void> close() override {
        end_file();
        if (declared_errors_ > 0 && evidence_.findings->error == 0)
            out.fail(fmt::format("ESLint declares {} error{}, but lists none", declared_errors_,
                                 declared_errors_ == 1 ? "" : "s"));
        return {};
    }

  protected:
    Part part(std::string_view path) const override {
        if (is_one_of(path, {"/*/messages", "/results/*/messages"})) return Part::list;
        if (is_one_of(path, {"/*/filePath", "/results/*/filePath", "/*/errorCount", "/results/*/errorCount"}))
            return Part::fact;
        return path.empty() || path == "/results" || is_file(path) ? Part::enter : Part::skip;
    }
    Result<void> item(std::string_view, const sys::Json& value) override {
        const sys::Json& severity = member_of(value, "severity");
        const bool error = severity.is_null() || member_of(value, "fatal") == sys::Json(true);
        if (!error && severity != sys::Json(1) && severity != sys::Json(2))
            return out.broken(
                fmt::format("the severity of a message is {}, expected 1 or 2", one_line(severity.dump(), 40)));
        Foreign finding;
        finding.rule = sys::text_of(value, "ruleId");
        finding.message = sys::text_of(value, "message");
        finding.line = number_of(value, "line");
        finding.column = number_of(value, "column");
        const Level level = error || severity == sys::Json(2) ? Level::error : Level::warning;
        if (file_.empty() && waiting_.size() < most_waiting)
            waiting_.emplace_back(level, std::move(finding));
        else
            add(level, std::move(finding));
        return {};
    }
    Result<void> fact(std::string_view path, const sys::Json& value) override {
        if (path.ends_with("/errorCount"))
            declared_errors_ += value.is_number_unsigned() ? std::min(value.get<std::uint64_t>(), most_errors) : 0;
        else if (value.is_string())
            file_ = value.get<std::string>();
        return {};
    }

  private:
    static constexpr std::uint64_t most_errors = 1'000'000'000; // of one file, so that the sum stays a number
    static bool is_file(std::string_view path) { return path == "/*" || path == "/results/*"; }
    static constexpr std::size_t most_waiting = 10'000; // further ones have no file
    void add(Level level, Foreign finding) {
        finding.file = file_;
        out.add(level, std::move(finding));
    }
    // The name may come after the messages.
    void end_file() {
        for (auto& [level, finding] : waiting_) add(level, std::move(finding));
        waiting_.clear();
        file_.clear();
    }

    Evidence& evidence_;
    std::string file_;
    std::vector<std::pair<Level, Foreign>> waiting_; // for the name of their file
    std::uint64_t declared_errors_ = 0;
};

}

Result<void> read_eslint(const Source& source, const SourceTree&, Evidence& evidence) {
    EslintHandler handler(source, evidence);
    return read_findings(source, handler);
}

}
