#include "base/text.h"
#include "gate/formats/cases.h"
#include "gate/formats/readers.h"

// Testing/TAG/Test.xml of `ctest -T test` (what CDash takes). `ctest --output-junit` writes JUnit.
namespace fairlead::gate {

namespace {

class CtestHandler : public sys::XmlHandler {
  public:
    explicit CtestHandler(Evidence& evidence) : cases_(evidence) {}

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        target_ = nullptr;
        const auto depth = open_.size();
        open_.emplace_back(name.substr(0, Cases::longest_element));
        if (depth == 2 && open_[1] == "Testing" && name == "Test") {
            in_case_ = true;
            test_ = {};
            status_ = attributes.get("Status");
            completion_.clear();
            exit_.clear();
        } else if (!in_case_)
            return {};
        else if (depth == 3 && name == "Name")
            target_ = &test_.name;
        else if (depth == 4 && name == "NamedMeasurement")
            measured_ = attributes.get("name");
        else if (depth == 5 && name == "Value")
            target_ = value_of(attributes);
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

  private:
    std::string* value_of(const sys::XmlAttributes& attributes) {
        if (open_[4] == "Measurement") return attributes.has("compression") ? nullptr : &test_.text; // the output
        if (measured_ == "Completion Status") return &completion_;
        return measured_ == "Exit Code" ? &exit_ : nullptr;
    }

    void end_case() {
        in_case_ = false;
        test_.message = exit_.empty() ? completion_ : exit_;
        cases_.add(outcome(), std::move(test_));
    }

    // What didn't run was switched off or said so by its exit code; else its program is missing, or a fixture failed.
    Outcome outcome() const {
        if (status_ == "passed") return Outcome::passed;
        if (status_ == "failed") return Outcome::failed;
        const auto said = trim(completion_);
        const bool skipped = said.starts_with("Disabled") || said.starts_with("SKIP") || said.starts_with("Skipped");
        return status_ == "notrun" && skipped ? Outcome::skipped : Outcome::error;
    }

    Cases cases_;
    std::vector<std::string> open_; // names of the elements
    bool in_case_ = false;
    std::string status_, measured_, completion_, exit_;
    FailedTest test_;
    std::string* target_ = nullptr; // of the text of the open element
};

}

Result<void> read_ctest(const Source& source, const SourceTree&, Evidence& evidence) {
    CtestHandler handler(evidence);
    return source.xml(handler);
}

}
