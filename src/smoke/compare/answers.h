#pragma once
#include "smoke/compare/difference.h"
#include "sys/http/client.h"
#include <span>
#include <string>
#include <vector>

// Compares the answers of both releases to the same request.
namespace fairlead::smoke::compare {

struct Rules {
    std::vector<std::string> headers; // the compared headers
    JsonRules json;
};

// Compares status, headers and body. A body is treated as JSON by its type or first character, unless it has more than
// 100,000 values. If the status differs, nothing else is compared. `again`: further answers of the old release with the
// same status. Error (no): a path in the rules selects too much.
Result<Differences> compare_answers(const sys::HttpResponse& old, const sys::HttpResponse& fresh,
                                    std::span<const sys::HttpResponse> again, const Rules& rules,
                                    const OwnHosts& hosts);

}
