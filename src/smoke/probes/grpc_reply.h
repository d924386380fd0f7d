#pragma once
#include "base/result.h"
#include "sys/http/client.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The messages of grpc.health.v1.Health/Check, as bytes: gRPC over HTTP/2, and Protocol Buffers.
namespace fairlead::smoke {

std::string grpc_health_request(std::string_view service);

// HealthCheckResponse.ServingStatus; an unknown number keeps its value.
enum class Serving : std::uint64_t { unknown = 0, serving = 1, not_serving = 2, service_unknown = 3 };

// Returns the status in the body of an answer. Error (no): the body is malformed: "is cut off: 3 of 7 bytes".
Result<Serving> parse_grpc_health_reply(std::string_view body);

// The end of the call, from the header or trailer grpc-status, and grpc-message. Nothing: the answer has no
// grpc-status.
struct GrpcEnd {
    std::int64_t status = 0;
    std::string message; // from the server
};
std::optional<GrpcEnd> grpc_end_of(const sys::HttpResponse& response);
std::string grpc_status_name(std::int64_t status); // "UNAVAILABLE"; "status 99" for an unknown number

}
