#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "gate/samples.h"
#include "sys/data/json.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

// hyperfine's --export-json: for each command its times in seconds, with exit codes where hyperfine tells them.
namespace fairlead::gate {

namespace {

constexpr std::size_t most_times = 1000; // of a command that are kept
constexpr double longest_run_ms = 1e12;  // of a run: 31 years

class HyperfineHandler : public sys::JsonHandler {
  public:
    HyperfineHandler(const std::string& report, Evidence& evidence)
        : report_(report), evidence_(evidence), seen_(evidence.performance.emplace()) {}

    Result<Take> begin(std::string_view path, sys::JsonKind) override {
        if (path.empty() || path == "/results") return Take::enter;
        return path == "/results/*" ? Take::build : Take::skip;
    }
    Result<void> built(std::string_view, sys::Json result) override {
        const auto command = sys::text_of(result, "command");
        if (command.empty()) return broken("a result names no command");
        const sys::Json& listed = member_of(result, "times");
        std::vector<double> times;
        if (listed.is_array())
            for (const sys::Json& one : listed) {
                const double time = TRY(milliseconds(one, command));
                times.push_back(time);
            }
        if (times.empty()) return broken(fmt::format("'{}' has no times", one_line(command, 60)));
        auto sorted = times;
        std::sort(sorted.begin(), sorted.end());
        const auto add = [&](std::string_view name, double value) -> Measure& {
            return evidence_.measures.emplace_back(
                Measure{fmt::format("{}.{}", one_line(command), name), value, Measure::Unit::time});
        };
        add("mean", std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size()));
        auto& median = add("median", median_of(times));
        if (times.size() > most_times) times.resize(most_times);
        median.samples = std::move(times);
        add("min", sorted.front());
        add("max", sorted.back());
        for (const auto* const name : {"user", "system"}) // of the processor, as the mean of all runs
            if (const auto& value = member_of(result, name); !value.is_null()) {
                const double time = TRY(milliseconds(value, command));
                add(name, time);
            }
        seen_.samples += sorted.size();
        for (const double time : sorted) seen_.elapsed_ms += static_cast<std::uint64_t>(std::llround(time));
        count_failed(command, member_of(result, "exit_codes"));
        return {};
    }

  private:
    Error broken(std::string_view why) const {
        return no(fmt::format("malformed report of hyperfine: {}", why), {report_, 0, 0, {}});
    }
    Result<double> milliseconds(const sys::Json& seconds, const std::string& command) const {
        const double time = seconds.is_number() ? seconds.get<double>() * 1000 : -1;
        if (time >= 0 && time <= longest_run_ms) return time;
        return broken(
            fmt::format("a time of '{}' is {}, expected seconds", one_line(command, 60), one_line(seconds.dump(), 60)));
    }
    // A run that failed measured something else, unless it should: then it was killed by a signal (null) or ended so.
    void count_failed(const std::string& command, const sys::Json& codes) {
        const auto failed = std::count_if(codes.begin(), codes.end(), [](const sys::Json& code) { return code != 0; });
        if (failed == 0) return;
        seen_.errors += static_cast<std::uint64_t>(failed);
        keep_first(evidence_.performance_failed, evidence_.more_performance_failed,
                   fmt::format("{} of {} runs of '{}' failed, so their times say nothing; if it may fail, let it end "
                               "with `|| true`",
                               failed, codes.size(), one_line(command)));
    }

    const std::string& report_;
    Evidence& evidence_;
    Performance& seen_;
};

}

Result<void> read_hyperfine(const Source& source, const SourceTree&, Evidence& evidence) {
    HyperfineHandler handler(source.name(), evidence);
    return source.json(handler);
}

}
