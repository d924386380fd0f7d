#pragma once
#include "read/served/answer.h"

// CORS: who may read an answer from a page of another site (Fetch, 3.2).
namespace fairlead::read::served {

bool lets_credentials(const Answer& answer); // Access-Control-Allow-Credentials
// Returns the items of a list header from all its lines, without blanks.
std::vector<std::string> list_of(const Answer& answer, std::string_view header);

// Returns why a page of `origin` may not read the answer; empty: it may. `with_credentials`: the request has cookies,
// for which `*` is not a permission.
std::string not_permitted(const Answer& answer, std::string_view origin, bool with_credentials);

// Returns the fault of an answer to a request from `asking`, an unknown site.
std::optional<Fault> open_origin_fault(const Answer& answer, std::string_view label, std::string_view asking);
std::optional<Fault> null_origin_fault(const Answer& answer, std::string_view label);
std::vector<Fault> open_list_faults(const Answer& preflight, std::string_view label); // for methods and headers

}
