#include "smoke/probes/grpc_reply.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::smoke;

// A reply of gRPC's health service: read, or refused with a reason. What was read stands in it once more as it was
// asked.
extern "C" int fuzz_smoke_grpc_reply(const std::uint8_t* data, std::size_t size) {
    const std::string body(reinterpret_cast<const char*>(data), size);
    const auto reply = parse_grpc_health_reply(body);
    if (!reply.ok() && (reply.error().kind != Kind::no || reply.error().message.empty())) std::abort();
    if (reply.ok() && body.size() < 5) std::abort();
    // A question has one field of bytes, which the reader of replies skips.
    const auto own = parse_grpc_health_reply(grpc_health_request(body));
    if (!own.ok() || own.value() != Serving::unknown) std::abort();
    sys::HttpResponse response;
    response.headers = {{"grpc-status", body}, {"grpc-message", body}};
    if (!grpc_end_of(response) || grpc_status_name(grpc_end_of(response)->status).empty()) std::abort();
    return 0;
}
