#include "base/text.h"
#include "gate/formats/cases.h"
#include "gate/formats/readers.h"
#include <fmt/format.h>

// TRX of Visual Studio and `dotnet test` (schema vstst.xsd, namespaces TeamTest/2006 and 2010). Its counters are not
// believed: they leave out what was skipped.
namespace fairlead::gate {

namespace {

Outcome outcome_of_trx(std::string_view outcome) {
    if (is_one_of(outcome, {"Passed", "Warning", "Completed", "PassedButRunAborted"})) return Outcome::passed;
    if (is_one_of(outcome, {"NotExecuted", "Inconclusive", "Pending"})) return Outcome::skipped;
    return outcome == "Failed" ? Outcome::failed : Outcome::error; // without one it never ended
}

class TrxHandler : public sys::XmlHandler {
  public:
    explicit TrxHandler(Evidence& evidence) : cases_(evidence) {}

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        target_ = nullptr;
        const auto depth = open_.size();
        open_.emplace_back(name.substr(0, Cases::longest_element));
        // What is in InnerResults are the rows of a case that is counted itself.
        if (depth == 2 && open_[1] == "Results" && (name.ends_with("TestResult") || name == "TestResultAggregation"))
            begin_case(attributes);
        else if (in_case_ && depth == 5 && open_[3] == "Output" && open_[4] == "ErrorInfo")
            target_ = name == "Message" ? &test_.message : name == "StackTrace" ? &test_.text : nullptr;
        else if (depth == 1 && name == "ResultSummary")
            ended_as_ = attributes.get("outcome").substr(0, Cases::longest_name);
        else if (depth == 4 && open_[2] == "RunInfos" && name == "Text" && is_one_of(info_, {"Error", "Failed"}))
            target_ = &reason_;
        else if (depth == 3 && open_[2] == "RunInfos")
            info_ = reason_.empty() ? attributes.get("outcome").substr(0, Cases::longest_name) : std::string_view();
        return {};
    }

    Result<void> end(std::string_view) override {
        target_ = nullptr;
        open_.pop_back();
        if (in_case_ && open_.size() == 2) end_case();
        return {};
    }

    Result<void> text(std::string_view part) override {
        if (target_ != nullptr) append_text(*target_, part);
        return {};
    }

    void close() {
        if (cases_.any_bad() || !is_one_of(ended_as_, {"Failed", "Error", "Aborted", "Timeout"})) return;
        const auto reason = one_line(reason_);
        cases_.declare(fmt::format("the run ended as {}, but no test failed{}{}", one_line(ended_as_),
                                   reason.empty() ? "" : ": ", reason));
    }

  private:
    void begin_case(const sys::XmlAttributes& attributes) {
        in_case_ = true;
        test_ = {};
        test_.name = attributes.get("testName").substr(0, Cases::longest_name);
        outcome_ = outcome_of_trx(attributes.get("outcome"));
    }

    void end_case() {
        in_case_ = false;
        take_dotnet_place(test_.text, test_);
        cases_.add(outcome_, std::move(test_));
    }

    Cases cases_;
    std::vector<std::string> open_; // names of the elements
    bool in_case_ = false;
    Outcome outcome_ = Outcome::passed;
    FailedTest test_;
    std::string ended_as_, info_, reason_; // of the run
    std::string* target_ = nullptr;        // of the text of the open element
};

}

Result<void> read_trx(const Source& source, const SourceTree&, Evidence& evidence) {
    TrxHandler handler(evidence);
    TRY_VOID(source.xml(handler));
    handler.close();
    return {};
}

}
