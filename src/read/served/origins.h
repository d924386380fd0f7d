#pragma once
#include "read/served/answer.h"

// CORS: who may read an answer from a page of another site (Fetch, 3.2).
namespace fairlead::read::served {

bool lets_credentials(const Answer& answer); // Access-Control-Allow-Credentials
// The items of a header that is a list, without blanks, of all its lines.
std::vector<std::string> list_of(const Answer& answer, std::string_view header);

// Why a page of `origin` may not read the answer; empty: it may. `with_credentials`: the request has cookies, for which
// `*` is no permission.
std::string not_permitted(const Answer& answer, std::string_view origin, bool with_credentials);

// The faults of an answer to a request from `asking`, a site that nobody knows.
std::optional<Fault> open_origin_fault(const Answer& answer, std::string_view label, std::string_view asking);
std::optional<Fault> null_origin_fault(const Answer& answer, std::string_view label);
std::vector<Fault> open_list_faults(const Answer& preflight, std::string_view label); // of methods and headers

}
