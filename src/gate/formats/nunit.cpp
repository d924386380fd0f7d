#include "base/text.h"
#include "gate/formats/dotnet.h"
#include "gate/formats/readers.h"

// NUnit's two XML formats: of version 2 (docs.nunit.org, "Test Result XML Format" of 2.6) and of version 3. The names
// of the elements are the same, the results are not.
namespace fairlead::gate {

namespace {

Outcome outcome_of_3(std::string_view result, std::string_view label) {
    if (label == "Invalid") return Outcome::error; // can't be run; early versions wrote Skipped beside it
    if (is_one_of(result, {"Passed", "Warning"})) return Outcome::passed;
    if (is_one_of(result, {"Skipped", "Inconclusive"})) return Outcome::skipped;
    return result == "Failed" && !is_one_of(label, {"Error", "Cancelled"}) ? Outcome::failed : Outcome::error;
}

Outcome outcome_of_2(std::string_view result, std::string_view executed, std::string_view success) {
    if (result.empty()) { // before 2.5
        if (lower(executed) == "false") return Outcome::skipped;
        return lower(success) == "false" ? Outcome::failed : Outcome::passed;
    }
    if (result == "Success") return Outcome::passed;
    if (is_one_of(result, {"Ignored", "Skipped", "Inconclusive"})) return Outcome::skipped;
    return result == "Failure" ? Outcome::failed : Outcome::error;
}

class NunitHandler : public DotnetHandler {
  public:
    NunitHandler(Evidence& evidence, int version) : DotnetHandler(evidence), version_(version) {}

  private:
    bool is_case(std::string_view name) const override { return name == "test-case"; }
    bool is_suite(std::string_view name) const override {
        return is_one_of(name, {"test-suite", "test-run", "test-results"});
    }

    static std::string_view full_name(const sys::XmlAttributes& attributes) {
        const auto full = attributes.get("fullname");
        return full.empty() ? attributes.get("name") : full;
    }
    std::string_view suite_name(const sys::XmlAttributes& attributes) const override { return full_name(attributes); }

    bool says_failed(const sys::XmlAttributes& attributes) const override {
        if (version_ == 3) return attributes.get("result") == "Failed";
        return is_one_of(attributes.get("result"), {"Failure", "Error", "Failed"}) ||
               lower(attributes.get("success")) == "false" || declared_count(attributes.get("failures")) > 0 ||
               declared_count(attributes.get("errors")) > 0;
    }

    Outcome begin_case(std::string_view, const sys::XmlAttributes& attributes, FailedTest& test) const override {
        test.suite = attributes.get("classname").substr(0, Cases::longest_name);
        const auto name = test.suite.empty() ? full_name(attributes) : attributes.get("name");
        test.name = name.substr(0, Cases::longest_name);
        return version_ == 3
                   ? outcome_of_3(attributes.get("result"), attributes.get("label"))
                   : outcome_of_2(attributes.get("result"), attributes.get("executed"), attributes.get("success"));
    }

    const int version_;
};

}

Result<void> read_nunit2(const Source& source, const SourceTree&, Evidence& evidence) {
    NunitHandler handler(evidence, 2);
    return source.xml(handler);
}

Result<void> read_nunit3(const Source& source, const SourceTree&, Evidence& evidence) {
    NunitHandler handler(evidence, 3);
    return source.xml(handler);
}

}
