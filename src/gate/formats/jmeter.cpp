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
constexpr std::size_t most_kept = 1'000'000;                 // labels and times
constexpr std::string_view all_labels = "Total";             // as JMeter's own reports call them
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

    void close() { samples_.close(); }

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
    const auto count_given = sample.count.empty() ? 1 : whole_number(sample.count, most_of_one_sample);
    if (!count_given) return fmt::format("the number of samples is '{}'", one_line(sample.count, 60));
    const auto declared = sample.error_count.empty() ? 0 : whole_number(sample.error_count, most_of_one_sample);
    if (!declared) return fmt::format("the number of errors is '{}'", one_line(sample.error_count, 60));
    const auto errors = std::max<std::uint64_t>(*declared, success == "false");
    Performance& seen = *evidence_.performance;
    const auto samples = std::max(*count_given, errors);
    seen.samples += samples;
    seen.errors += errors;
    seen.elapsed_ms += *elapsed;
    if (seen.elapsed_ms > most_ms) return "the sum of its samples' times is impossibly large";
    add_time(one_line(sample.label), *elapsed, samples, errors);
    add_time(std::string(all_labels), *elapsed, samples, errors);
    if (kept_ > most_kept)
        return fmt::format("its samples have more than {} different labels and times, which is the limit", most_kept);
    if (errors == 0) return {};
    std::string why;
    for (const auto part : {sample.code, sample.message, sample.failure})
        if (!part.empty()) why += fmt::format("{}{}", why.empty() ? ": " : " ", part);
    keep_first(evidence_.performance_failed, evidence_.more_performance_failed,
               fmt::format("sample '{}' failed{}", one_line(sample.label), one_line(why)));
    return {};
}

void JmeterSamples::add_time(const std::string& label, std::uint64_t elapsed, std::uint64_t count,
                             std::uint64_t errors) {
    const auto [found, is_new] = labels_.try_emplace(label);
    Times& times = found->second;
    times.samples += count;
    times.errors += errors;
    times.elapsed_ms += elapsed;
    auto& seen = times.counts[count == 0 ? elapsed : elapsed / count]; // a statistical one tells the sum
    kept_ += (is_new ? 1 : 0) + (seen == 0 ? 1 : 0);
    seen += count;
}

void JmeterSamples::close() {
    for (const auto& [label, times] : labels_)
        if (times.samples > 0) measure(label, times);
}

void JmeterSamples::measure(const std::string& label, const Times& times) {
    const auto add = [&](std::string_view name, double value, bool is_time) {
        evidence_.measures.push_back(
            {fmt::format("{}.{}", label, name), value, is_time ? Measure::Unit::time : Measure::Unit::number});
    };
    const auto samples = static_cast<double>(times.samples);
    // The nearest rank: the least time that at least so many percent of the samples don't exceed.
    const auto percentile = [&](std::uint64_t percent) {
        std::uint64_t seen = 0;
        for (const auto& [elapsed, count] : times.counts)
            if ((seen += count) * 100 >= times.samples * percent) return static_cast<double>(elapsed);
        return 0.0;
    };
    add("min", static_cast<double>(times.counts.begin()->first), true);
    add("avg", static_cast<double>(times.elapsed_ms) / samples, true);
    add("med", percentile(50), true);
    for (const std::uint64_t percent : {90U, 95U, 99U}) add(fmt::format("p({})", percent), percentile(percent), true);
    add("max", static_cast<double>(times.counts.rbegin()->first), true);
    add("errors", static_cast<double>(times.errors) / samples, false);
}

Result<void> read_jmeter(const Source& source, const SourceTree&, Evidence& evidence) {
    const bool xml = TRY(source.is_xml());
    if (xml) {
        JmeterXml handler(source.name(), evidence);
        TRY_VOID(source.xml(handler));
        handler.close();
        return {};
    }
    JmeterSamples samples(evidence);
    TRY_VOID(read_jmeter_csv(source, samples));
    samples.close();
    return {};
}

}
