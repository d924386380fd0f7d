#pragma once
#include "smoke/compare/difference.h"
#include "sys/http/client.h"
#include <span>
#include <string>
#include <vector>

// One answer of each release to the same request.
namespace fairlead::smoke::compare {

struct Rules {
    std::vector<std::string> headers; // that are compared
    JsonRules json;
};

// Compares status, headers and body. A body is JSON by its type or its first character; with more than 100,000 values
// it counts as any other text. If the status differs, nothing else is compared. `again`: further answers of the old
// release with the same status. Error (no): a path of the rules selects too much.
Result<Differences> compare_answers(const sys::HttpResponse& old, const sys::HttpResponse& fresh,
                                    std::span<const sys::HttpResponse> again, const Rules& rules,
                                    const OwnHosts& hosts);

}
