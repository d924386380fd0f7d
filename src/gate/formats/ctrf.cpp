#include "base/text.h"
#include "gate/formats/cases.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>

// CTRF, the Common Test Report Format (ctrf.io, schema of version 1). The summary is only a check.
namespace fairlead::gate {

namespace {

using sys::Json;

class CtrfHandler : public sys::JsonHandler {
  public:
    CtrfHandler(const std::string& report, Evidence& evidence) : report_(report), cases_(evidence) {}

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (path == "/results/tests" && kind != sys::JsonKind::array)
            return no("results.tests is not an array", {report_});
        if (path == "/results/tests/*" || path == "/results/summary") return Take::build;
        return path.empty() || path == "/results" || path == "/results/tests" ? Take::enter : Take::skip;
    }

    bool keeps(std::string_view path, std::string_view member) const override {
        return path == "/results/summary" ||
               is_one_of(member, {"name", "status", "suite", "message", "trace", "filePath", "line", "flaky"});
    }

    Result<void> built(std::string_view path, Json value) override {
        if (path == "/results/summary") {
            const auto& failed = value.is_object() && value.contains("failed") ? value["failed"] : Json();
            declared_ = failed.is_number() && failed > 0;
            return {};
        }
        const auto status = sys::text_of(value, "status");
        if (status.empty()) return no("a test has no status", {report_});
        const auto flaky = value.find("flaky");
        if (flaky != value.end() && *flaky == Json(true)) cases_.add_flaky();
        cases_.add(outcome_of(status), test_of(value));
        return {};
    }

    void close() {
        if (declared_ && !cases_.any_bad()) cases_.declare("the summary counts failed tests, but none is listed");
    }

  private:
    static Outcome outcome_of(std::string_view status) {
        if (status == "passed") return Outcome::passed;
        if (is_one_of(status, {"skipped", "pending", "other"})) return Outcome::skipped;
        return status == "failed" ? Outcome::failed : Outcome::error;
    }

    static FailedTest test_of(const Json& value) {
        FailedTest test;
        test.name = sys::text_of(value, "name").substr(0, Cases::longest_name);
        test.suite = sys::text_of(value, "suite").substr(0, Cases::longest_name);
        if (const auto suites = value.find("suite"); suites != value.end() && suites->is_array())
            for (const auto& one : *suites)
                if (one.is_string() && test.suite.size() < Cases::longest_name)
                    test.suite += (test.suite.empty() ? "" : " > ") + one.get<std::string>();
        append_text(test.message, sys::text_of(value, "message"));
        append_text(test.text, sys::text_of(value, "trace"));
        test.file = sys::text_of(value, "filePath").substr(0, Cases::longest_name);
        const auto line = value.find("line");
        if (line != value.end() && line->is_number_unsigned())
            test.line = static_cast<int>(std::min<std::uint64_t>(line->get<std::uint64_t>(), 1'000'000'000));
        return test;
    }

    const std::string& report_;
    Cases cases_;
    bool declared_ = false;
};

}

Result<void> read_ctrf(const Source& source, const SourceTree&, Evidence& evidence) {
    CtrfHandler handler(source.name(), evidence);
    TRY_VOID(source.json(handler));
    handler.close();
    return {};
}

}
