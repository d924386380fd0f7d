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

// HealthCheckResponse.ServingStatus; a number that nobody knows stays a number.
enum class Serving : std::uint64_t { unknown = 0, serving = 1, not_serving = 2, service_unknown = 3 };

// The status in the body of an answer. Error (no), what is wrong with it: "is cut off: 3 of 7 bytes".
Result<Serving> parse_grpc_health_reply(std::string_view body);

// How the call ended: the header or trailer grpc-status, and grpc-message. Nothing: the answer has none.
struct GrpcEnd {
    std::int64_t status = 0;
    std::string message; // of the server
};
std::optional<GrpcEnd> grpc_end_of(const sys::HttpResponse& response);
std::string grpc_status_name(std::int64_t status); // "UNAVAILABLE"; of a number that nobody knows "status 99"

}
