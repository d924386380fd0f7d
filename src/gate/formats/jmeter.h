#pragma once
#include "gate/evidence.h"
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// Shared by the readers of JMeter's CSV and XML results.
namespace fairlead::gate {

// Returns the delimiter if the line is a header of JMeter's CSV, whose columns may have any order.
// (jmeter.save.saveservice.default_delimiter sets it.)
std::optional<char> jmeter_delimiter(std::string_view header);

// One sample, as it is written. The counts are those of a statistical sample, which sums up several; empty: one.
struct JmeterSample {
    std::string_view elapsed, success, count, error_count, label, code, message, failure;
};

class JmeterSamples {
  public:
    explicit JmeterSamples(Evidence& evidence) : evidence_(evidence) { evidence_.performance.emplace(); }
    // An empty reason: the sample is fine.
    std::string add(const JmeterSample& sample);
    // Call it after the last sample: computes the measures of each label and of all, such as "LABEL.p(95)" and
    // "Total.p(95)".
    void close();

  private:
    struct Times {
        std::map<std::uint64_t, std::uint64_t> counts; // how many samples took that many milliseconds
        std::uint64_t samples = 0, errors = 0, elapsed_ms = 0;
    };
    void add_time(const std::string& label, std::uint64_t elapsed, std::uint64_t count, std::uint64_t errors);
    void measure(const std::string& label, const Times& times);

    Evidence& evidence_;
    std::map<std::string, Times> labels_;
    std::size_t kept_ = 0; // numbers in them
};

class Source;
Result<void> read_jmeter_csv(const Source& source, JmeterSamples& samples);

}
