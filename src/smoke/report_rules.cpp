#include "smoke/report_rules.h"

namespace fairlead::smoke {

std::span<const report::Rule> report_rules() {
    static constexpr report::Rule rows[] = {
        {"smoke/connect", "There is no complete answer"},
        {"smoke/status", "The answer has another status"},
        {"smoke/header", "The answer has another header"},
        {"smoke/body", "The answer has another body"},
        {"smoke/json", "The answer has other JSON values"},
        {"smoke/duration", "The answer took too long"},
        {"smoke/version", "Another version answers"},
        {"smoke/ready", "The service did not give enough good answers in a row"},
        {"smoke/assert", "An assert or a capture of a Hurl file failed"},
        {"smoke/script", "A Hurl file can't be run as it is written"},
        {"smoke/xfail", "A check that is known to fail passes now"},
    };
    return rows;
}

}
