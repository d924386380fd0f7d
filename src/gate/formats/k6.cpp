#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <cmath>
#include <fmt/format.h>
#include <optional>

// k6's summary, in two shapes. `--summary-export` has the numbers of a metric beside its thresholds, of which `false`
// means that it held. What handleSummary() gets has them in `values`, and thresholds say `ok`. Each shape is known by
// its thresholds: anything else is refused, since a wrong guess would turn a crossed one into one that held.
namespace fairlead::gate {

namespace {

constexpr std::size_t most_measures = 10'000;
constexpr double longest_average_ms = 1e12, most_ms_of_all = 1e18;

class K6Handler : public sys::JsonHandler {
  public:
    K6Handler(const std::string& report, Evidence& evidence)
        : report_(report), evidence_(evidence), seen_(evidence.performance.emplace()) {}

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (path.empty() || path == "/metrics") return Take::enter;
        if (!path.starts_with("/metrics/")) return Take::skip;
        if (kind != sys::JsonKind::object) return broken("a metric is not an object");
        return Take::build;
    }
    Result<void> built(std::string_view path, sys::Json metric) override {
        const auto escaped = std::string(path.substr(std::string_view("/metrics/").size()));
        const auto name = replace_all(replace_all(replace_all(escaped, "~2", "*"), "~1", "/"), "~0", "~");
        const sys::Json& inner = member_of(metric, "values");
        const sys::Json& values = inner.is_object() ? inner : metric;
        measure(name, metric, values);
        const bool limited = TRY(thresholds(name, member_of(metric, "thresholds")));
        if (name == "http_reqs") return count(values, "count", requests_);
        if (name == "iterations") return count(values, "count", iterations_);
        if (name == "http_req_duration") return average(values, request_ms_);
        if (name == "iteration_duration") return average(values, iteration_ms_);
        if (name == "http_req_failed") { // its `passes` are the requests for which "failed" is true
            failed_limited_ = limited;
            return count(values, "passes", failed_requests_);
        }
        if (name == "checks") {
            checks_limited_ = limited;
            return count(values, "fails", failed_checks_);
        }
        return {};
    }
    Result<void> close() {
        if (!shape_.empty()) return {};
        seen_.samples = requests_.value_or(iterations_.value_or(0));
        const double total = (requests_ ? request_ms_ : iteration_ms_) * static_cast<double>(seen_.samples);
        if (total > most_ms_of_all) return broken("the sum of its samples' times is impossibly large");
        seen_.elapsed_ms = static_cast<std::uint64_t>(std::llround(total));
        seen_.errors = failed_requests_.value_or(0);
        if (failed_limited_) seen_.tolerated = seen_.errors;
        if (!checks_limited_) seen_.failed_checks = failed_checks_.value_or(0);
        no_limit_for(seen_.errors - seen_.tolerated, "request");
        no_limit_for(seen_.failed_checks, "check");
        return {};
    }
    const std::string& unknown_shape() const { return shape_; }

  private:
    Error broken(std::string_view why) const {
        return no(fmt::format("malformed k6 summary: {}", why), {report_, 0, 0, {}});
    }

    // Every number of a metric: "http_req_duration.p(95)", "http_reqs.rate".
    void measure(const std::string& metric, const sys::Json& shape, const sys::Json& values) {
        const auto contains = sys::text_of(shape, "contains");
        const bool is_time = contains == "time" || is_own_time(metric.substr(0, metric.find('{')));
        for (const auto& [name, value] : values.items()) {
            if (!value.is_number() || evidence_.measures.size() >= most_measures) continue;
            if (is_time && value.get<double>() < 0) continue; // as if it weren't there
            const bool counts = is_one_of(name, {"count", "rate"}) || values.contains("passes"); // a rate's value, too
            evidence_.measures.push_back({one_line(metric + "." + name), value.get<double>(),
                                          counts    ? Measure::Unit::number
                                          : is_time ? Measure::Unit::time
                                                    : Measure::Unit::unknown});
        }
    }
    // An export doesn't say what a metric is: these are k6's own.
    static bool is_own_time(std::string_view metric) {
        return metric.ends_with("_duration") ||
               is_one_of(metric, {"http_req_blocked", "http_req_connecting", "http_req_tls_handshaking",
                                  "http_req_sending", "http_req_waiting", "http_req_receiving", "ws_connecting"});
    }

    // Whether the metric has thresholds.
    Result<bool> thresholds(const std::string& metric, const sys::Json& all) {
        if (all.is_null()) return false;
        if (!all.is_object()) {
            shape_ = fmt::format("the thresholds of '{}' are not an object", one_line(metric));
            return true;
        }
        for (const auto& [expression, held] : all.items()) {
            const sys::Json& ok = member_of(held, "ok");
            if (!held.is_boolean() && !ok.is_boolean()) {
                shape_ = fmt::format("the threshold '{}' of '{}' is not a boolean and has no `ok`",
                                     one_line(expression, 60), one_line(metric, 60));
                return true;
            }
            const bool crossed = held.is_boolean() ? held.get<bool>() : !ok.get<bool>();
            if (!crossed) continue;
            ++seen_.crossed;
            keep_first(evidence_.performance_failed, evidence_.more_performance_failed,
                       fmt::format("threshold '{}' of '{}' is crossed", one_line(expression), one_line(metric)));
        }
        return !all.empty();
    }

    // A number of things: k6 writes its counters as floats.
    Result<void> count(const sys::Json& values, std::string_view key, std::optional<std::uint64_t>& number) const {
        const sys::Json& found = member_of(values, key);
        const double value = found.is_number() ? found.get<double>() : -1;
        if (!(value >= 0) || value > 1e15 || value != std::floor(value))
            return broken(fmt::format("'{}' is {}, expected a count", key, one_line(found.dump(), 60)));
        number = static_cast<std::uint64_t>(value);
        return {};
    }
    Result<void> average(const sys::Json& values, double& ms) const {
        const sys::Json& found = member_of(values, "avg");
        if (found.is_null()) return {}; // `summaryTrendStats` may leave it out
        ms = found.is_number() ? found.get<double>() : -1;
        if (ms >= 0 && ms <= longest_average_ms) return {};
        return broken(fmt::format("'avg' of a duration is {}, expected milliseconds", one_line(found.dump(), 60)));
    }

    // Failures for which the test has limits of its own are judged by those.
    void no_limit_for(std::uint64_t number, std::string_view what) {
        if (number == 0) return;
        keep_first(evidence_.performance_failed, evidence_.more_performance_failed,
                   fmt::format("{} {}{} failed, and the test sets no limit (threshold) for them", number, what,
                               number == 1 ? "" : "s"));
    }

    const std::string& report_;
    Evidence& evidence_;
    Performance& seen_;
    std::string shape_; // why it is none that we know
    std::optional<std::uint64_t> requests_, iterations_, failed_requests_, failed_checks_;
    bool failed_limited_ = false, checks_limited_ = false;
    double request_ms_ = 0, iteration_ms_ = 0;
};

}

Result<void> read_k6(const Source& source, const SourceTree&, Evidence& evidence) {
    K6Handler handler(source.name(), evidence);
    TRY_VOID(source.json(handler));
    TRY_VOID(handler.close());
    if (handler.unknown_shape().empty()) return {};
    evidence = Evidence();
    evidence.problem = Problem::unknown_format;
    evidence.reason = "is a k6 summary in a form that gate can't read: " + std::string(handler.unknown_shape()) +
                      "; expected --summary-export or the data of handleSummary()";
    return {};
}

}
