#pragma once
#include "read/served/answer.h"

// The redirect from http to https.
namespace fairlead::read::served {

// `first`: the answer of the http URL. `way`: the URLs of the redirects from it, in order.
std::vector<Fault> to_https_faults(const Answer& first, const std::vector<std::string>& way);

}
