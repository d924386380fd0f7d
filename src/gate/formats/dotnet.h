#pragma once
#include "gate/formats/cases.h"
#include "sys/data/xml.h"
#include <string>
#include <string_view>

// What the XML formats of NUnit and xUnit.net have in common: cases that hold a <failure> of a <message> and a
// <stack-trace>, within suites that say whether they failed.
namespace fairlead::gate {

class DotnetHandler : public sys::XmlHandler {
  public:
    explicit DotnetHandler(Evidence& evidence) : cases_(evidence) {}
    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) final;
    Result<void> end(std::string_view name) final;
    Result<void> text(std::string_view part) final;

  protected:
    virtual bool is_case(std::string_view name) const = 0;
    virtual bool is_suite(std::string_view name) const = 0;
    // Fills in the names and the place of a case that begins, and returns its outcome.
    virtual Outcome begin_case(std::string_view name, const sys::XmlAttributes& attributes, FailedTest& test) const = 0;
    virtual std::string_view suite_name(const sys::XmlAttributes& attributes) const = 0;
    virtual bool says_failed(const sys::XmlAttributes& attributes) const = 0; // of a suite

  private:
    void begin_part(std::string_view name);
    void end_case();

    Cases cases_;
    bool in_case_ = false;
    Outcome outcome_ = Outcome::passed;
    FailedTest test_;
    std::string* target_ = nullptr; // takes the text of the open element
};

}
