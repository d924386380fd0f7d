#include "gate/formats/dotnet.h"
#include <utility>

namespace fairlead::gate {

Result<void> DotnetHandler::start(std::string_view name, const sys::XmlAttributes& attributes) {
    target_ = nullptr;
    if (is_case(name)) {
        end_case(); // no writer puts one into another; none is lost
        in_case_ = true;
        test_ = {};
        outcome_ = begin_case(name, attributes, test_);
    } else if (in_case_)
        begin_part(name);
    else if (is_suite(name))
        cases_.begin_suite(suite_name(attributes), says_failed(attributes));
    return {};
}

Result<void> DotnetHandler::end(std::string_view name) {
    target_ = nullptr;
    if (is_case(name))
        end_case();
    else if (!in_case_ && is_suite(name))
        cases_.end_suite();
    return {};
}

Result<void> DotnetHandler::text(std::string_view part) {
    if (target_ != nullptr) append_text(*target_, part);
    return {};
}

void DotnetHandler::begin_part(std::string_view name) {
    if (name == "failure" && outcome_ == Outcome::passed) outcome_ = Outcome::failed;
    if (name == "message" && test_.message.empty()) target_ = &test_.message;
    if (name == "stack-trace") target_ = &test_.text;
}

void DotnetHandler::end_case() {
    if (!in_case_) return;
    in_case_ = false;
    if (test_.file.empty()) take_dotnet_place(test_.text, test_);
    cases_.add(outcome_, std::move(test_));
}

}
