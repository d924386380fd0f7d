#pragma once
#include <string_view>

// Our own access log that nginx writes with router.log: one line per request, columns in this order, with tabs between
// them. A variable's value can't contain a tab or a line end: nginx writes these bytes as \x09 and \x0A.
namespace fairlead::deploy {

enum class AccessColumn {
    time,     // $msec: "1795305600.123", when the answer was complete
    status,   // $status: 200; 499: the client went away
    seconds,  // $request_time: "0.021", of the whole request
    answered, // $upstream_response_time: "0.020", "-", or after several tries "0.001, 0.020"
    upstream, // $upstream_addr: a name of Router::logged(), "-", or after several tries "A, B"; the last one answered
    path,     // $uri: normalised, without its query
    columns,  // number of columns
};

inline constexpr std::string_view access_format =
    "$msec\\t$status\\t$request_time\\t$upstream_response_time\\t$upstream_addr\\t$uri";

}
