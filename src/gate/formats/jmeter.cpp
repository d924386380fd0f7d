#include "gate/formats/jmeter.h"
#include "base/text.h"
#include "gate/formats/numbers.h"
#include "gate/formats/readers.h"
#include <algorithm>
#include <fmt/format.h>

// JMeter's results (JTL) as XML: bin/saveservice.properties names the elements, SampleResultConverter the attributes. A
// sample holds those that it consists of (a page, a transaction controller), which are in its time: the outer ones
// count.
namespace fairlead::gate {

namespace {

constexpr std::uint64_t longest_ms = 1'000'000'000'000;      // of one sample: 31 years
constexpr std::uint64_t most_of_one_sample = 1'000'000'000;  // that a statistical one sums up
constexpr std::uint64_t most_ms = 1'000'000'000'000'000'000; // of a report

class JmeterXml : public sys::XmlHandler {
  public:
    JmeterXml(const std::string& report, Evidence& evidence) : report_(report), samples_(evidence) {}

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        in_failure_ = ++depth_ == 4 && name == "failureMessage" && failure_.empty();
        if (depth_ != 2) return {};
        if (name != "httpSample" && name != "sample" && name != "sampleResult" && name != "statSample")
            return broken(fmt::format("<{}> is not a sample; expected httpSample or sample", one_line(name, 60)));
        const auto keep = [&](std::string& text, std::string_view key) {
            text = attributes.get(key).substr(0, longest_text);
        };
        keep(elapsed_, "t");
        keep(success_, "s");
        keep(count_, "sc");
        keep(error_count_, "ec");
        keep(label_, "lb");
        keep(code_, "rc");
        keep(message_, "rm");
        failure_.clear();
        return {};
    }
    Result<void> end(std::string_view) override {
        in_failure_ = false;
        if (depth_-- != 2) return {};
        const auto why = samples_.add({elapsed_, success_, count_, error_count_, label_, code_, message_, failure_});
        return why.empty() ? Result<void>() : broken(why);
    }
    Result<void> text(std::string_view part) override {
        if (in_failure_ && failure_.size() < longest_text) failure_ += part.substr(0, longest_text);
        return {};
    }

  private:
    static constexpr std::size_t longest_text = 4096;
    Error broken(const std::string& why) const { return no("malformed JMeter results: " + why, {report_, 0, 0, {}}); }

    const std::string& report_;
    JmeterSamples samples_;
    int depth_ = 0;
    bool in_failure_ = false;
    std::string elapsed_, success_, count_, error_count_, label_, code_, message_, failure_; // of the sample
};

}

std::string JmeterSamples::add(const JmeterSample& sample) {
    const auto elapsed = whole_number(sample.elapsed, longest_ms);
    if (!elapsed)
        return fmt::format("the time of a sample is '{}', expected milliseconds", one_line(sample.elapsed, 60));
    const auto success = lower(sample.success);
    if (success != "true" && success != "false")
        return fmt::format("whether a sample succeeded is '{}', expected true or false; let JMeter save it "
                           "(jmeter.save.saveservice.successful)",
                           one_line(sample.success, 60));
    const auto count = sample.count.empty() ? 1 : whole_number(sample.count, most_of_one_sample);
    if (!count) return fmt::format("the number of samples is '{}'", one_line(sample.count, 60));
    const auto declared = sample.error_count.empty() ? 0 : whole_number(sample.error_count, most_of_one_sample);
    if (!declared) return fmt::format("the number of errors is '{}'", one_line(sample.error_count, 60));
    const auto errors = std::max<std::uint64_t>(*declared, success == "false");
    Performance& seen = *evidence_.performance;
    seen.samples += std::max(*count, errors);
    seen.errors += errors;
    seen.elapsed_ms += *elapsed;
    if (seen.elapsed_ms > most_ms) return "the sum of its samples' times is impossibly large";
    if (errors == 0) return {};
    std::string why;
    for (const auto part : {sample.code, sample.message, sample.failure})
        if (!part.empty()) why += fmt::format("{}{}", why.empty() ? ": " : " ", part);
    keep_first(evidence_.performance_failed, evidence_.more_performance_failed,
               fmt::format("sample '{}' failed{}", one_line(sample.label), one_line(why)));
    return {};
}

Result<void> read_jmeter(const Source& source, const SourceTree&, Evidence& evidence) {
    const bool xml = TRY(source.is_xml());
    if (xml) {
        JmeterXml handler(source.name(), evidence);
        return source.xml(handler);
    }
    JmeterSamples samples(evidence);
    return read_jmeter_csv(source, samples);
}

}
