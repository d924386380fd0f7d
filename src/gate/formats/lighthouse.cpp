#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <cmath>
#include <fmt/format.h>

// Lighthouse's report as JSON (docs/understanding-results.md of GoogleChrome/lighthouse). One file is one run of one
// page.
namespace fairlead::gate {

namespace {

constexpr std::size_t most_numbers = 1000;
constexpr double largest_number = 1e15;

class LighthouseHandler : public sys::JsonHandler {
  public:
    explicit LighthouseHandler(Evidence& evidence)
        : evidence_(evidence), seen_(evidence.performance.emplace(Performance{.samples = 1})) {}

    Result<Take> begin(std::string_view path, sys::JsonKind) override {
        if (path.empty() || path == "/audits" || path == "/categories") return Take::enter;
        const bool is_of_interest = path == "/runtimeError" || path == "/timing" || path.starts_with("/audits/") ||
                                    path.starts_with("/categories/");
        return is_of_interest ? Take::build : Take::skip;
    }
    bool keeps(std::string_view, std::string_view member) const override {
        return is_one_of(member, {"score", "numericValue", "numericUnit", "code", "message", "total"});
    }
    Result<void> built(std::string_view path, sys::Json value) override {
        const auto name = one_line(path.substr(path.rfind('/') + 1));
        if (path.starts_with("/categories/")) return score(name, member_of(value, "score"));
        if (path.starts_with("/audits/")) {
            audit(name, value);
        } else if (path == "/timing") {
            if (const auto ms = number_of(member_of(value, "total")))
                seen_.elapsed_ms = static_cast<std::uint64_t>(*ms);
        } else if (const auto code = sys::text_of(value, "code"); !code.empty() && code != "NO_ERROR") {
            const auto message = sys::text_of(value, "message");
            fail(fmt::format("the page wasn't measured: {}{}{}", one_line(code, 60), message.empty() ? "" : ": ",
                             one_line(message)));
        }
        return {};
    }
    void close() {
        if (categories_ == 0) fail("the report has no category with a score");
    }

  private:
    static std::optional<double> number_of(const sys::Json& value) {
        const double number = value.is_number() ? value.get<double>() : -1;
        return number >= 0 && number <= largest_number ? std::optional(number) : std::nullopt;
    }

    // A category without a score: one of its audits broke.
    Result<void> score(const std::string& name, const sys::Json& value) {
        ++categories_;
        if (const auto number = number_of(value))
            add(name + ".score", *number, Measure::Unit::number);
        else
            fail(fmt::format("category {} has no score, as an audit of it broke", name));
        return {};
    }

    void audit(const std::string& name, const sys::Json& value) {
        const auto number = number_of(member_of(value, "numericValue"));
        const auto unit = sys::text_of(value, "numericUnit");
        const bool is_second = unit == "second";
        if (number)
            add(name, *number * (is_second ? 1000 : 1),
                is_second || unit == "millisecond" ? Measure::Unit::time : Measure::Unit::number);
    }

    void add(std::string name, double value, Measure::Unit unit) {
        if (evidence_.measures.size() < most_numbers)
            evidence_.measures.push_back(
                {.name = std::move(name), .value = value, .unit = unit, .is_of_one_run = true});
    }

    void fail(std::string why) {
        seen_.errors = 1;
        keep_first(evidence_.performance_failed, evidence_.more_performance_failed, std::move(why));
    }

    Evidence& evidence_;
    Performance& seen_;
    std::size_t categories_ = 0;
};

}

Result<void> read_lighthouse(const Source& source, const SourceTree&, Evidence& evidence) {
    LighthouseHandler handler(evidence);
    TRY_VOID(source.json(handler));
    handler.close();
    return {};
}

}
