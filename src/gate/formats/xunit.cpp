#include "base/text.h"
#include "gate/formats/dotnet.h"
#include "gate/formats/readers.h"

// xUnit.net's XML (xunit.net/docs, "Format of XML test results"), versions 1 to 3; Fixie writes it, too.
namespace fairlead::gate {

namespace {

Outcome outcome_of_xunit(std::string_view result) {
    if (result == "Pass") return Outcome::passed;
    if (is_one_of(result, {"Skip", "NotRun"})) return Outcome::skipped;
    return result == "Fail" ? Outcome::failed : Outcome::error;
}

class XunitHandler : public DotnetHandler {
  public:
    using DotnetHandler::DotnetHandler;

  private:
    // An <error> of an assembly is a fixture, or what cleans up after it.
    bool is_case(std::string_view name) const override { return name == "test" || name == "error"; }
    bool is_suite(std::string_view name) const override { return name == "assembly"; }
    std::string_view suite_name(const sys::XmlAttributes& attributes) const override { return attributes.get("name"); }

    bool says_failed(const sys::XmlAttributes& attributes) const override {
        return declared_count(attributes.get("failed")) > 0 || declared_count(attributes.get("errors")) > 0;
    }

    Outcome begin_case(std::string_view element, const sys::XmlAttributes& attributes,
                       FailedTest& test) const override {
        const bool is_error = element == "error";
        test.suite = attributes.get("type").substr(0, Cases::longest_name);
        test.name = attributes.get("name").substr(0, Cases::longest_name);
        if (is_error && test.name.empty()) test.name = "(" + test.suite + ")";
        test.file = attributes.get("source-file").substr(0, Cases::longest_name);
        test.line = line_of(attributes.get("source-line"));
        return is_error ? Outcome::error : outcome_of_xunit(attributes.get("result"));
    }
};

}

Result<void> read_xunit(const Source& source, const SourceTree&, Evidence& evidence) {
    XunitHandler handler(evidence);
    return source.xml(handler);
}

}
