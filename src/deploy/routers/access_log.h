#pragma once
#include <string_view>

// The access log of its own that nginx writes with router.log: one line per request, its columns parted by tabs, in
// this order. What a variable holds can bring no tab and no line end: nginx writes such bytes as \x09 and \x0A.
namespace fairlead::deploy {

enum class AccessColumn {
    time,     // $msec: "1795305600.123", when the answer was complete
    status,   // $status: 200; 499: the client went
    seconds,  // $request_time: "0.021", of the whole request
    answered, // $upstream_response_time: "0.020", "-", or of several tried "0.001, 0.020"
    upstream, // $upstream_addr: a name of Router::logged(), "-", or of several tried "A, B"; the last one answered
    path,     // $uri: normalised, without its query
    columns,  // how many there are
};

inline constexpr std::string_view access_format =
    "$msec\\t$status\\t$request_time\\t$upstream_response_time\\t$upstream_addr\\t$uri";

}
