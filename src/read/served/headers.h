#pragma once
#include "read/served/answer.h"
#include <chrono>

// The security headers of an answer. Each function is a rule, and returns its fault; nothing: the answer is good.
// `label` names the answer: "https://app.example.org", "a 404 of https://app.example.org".
namespace fairlead::read::served {

using MaybeFault = std::optional<Fault>;

// Strict-Transport-Security (RFC 6797). An answer over http only gets a fault if it sends the header.
MaybeFault hsts_fault(const Answer& answer, std::string_view label, std::chrono::seconds least);

MaybeFault nosniff_fault(const Answer& answer, std::string_view label);
MaybeFault frame_fault(const Answer& answer, std::string_view label); // X-Frame-Options, or frame-ancestors
MaybeFault referrer_fault(const Answer& answer, std::string_view label);
MaybeFault xss_protection_fault(const Answer& answer, std::string_view label);
MaybeFault banner_fault(const Answer& answer, std::string_view label);     // Server or X-Powered-By with a version
MaybeFault powered_by_fault(const Answer& answer, std::string_view label); // X-Powered-By with any value

// The header is missing or has no effect: it is empty, or has nothing that browsers know.
MaybeFault csp_fault(const Answer& answer, std::string_view label);
MaybeFault permissions_fault(const Answer& answer, std::string_view label);
MaybeFault coop_fault(const Answer& answer, std::string_view label);
MaybeFault corp_fault(const Answer& answer, std::string_view label);
MaybeFault coep_fault(const Answer& answer, std::string_view label);

MaybeFault csp_unsafe_fault(const Answer& answer, std::string_view label); // Content-Security-Policy Level 3

}
