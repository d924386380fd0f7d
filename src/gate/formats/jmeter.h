#pragma once
#include "gate/evidence.h"
#include <optional>
#include <string>
#include <string_view>

// What JMeter's CSV and XML results share.
namespace fairlead::gate {

// What separates the columns, when the line is a header of JMeter's CSV: its columns come in any order, and its
// delimiter is set by jmeter.save.saveservice.default_delimiter.
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

  private:
    Evidence& evidence_;
};

class Source;
Result<void> read_jmeter_csv(const Source& source, JmeterSamples& samples);

}
