#pragma once
#include <nlohmann/json_fwd.hpp>

// The name of a JSON value for headers; who looks into one includes sys/data/json.h, which takes a second to compile.
namespace fairlead::sys {

using Json = nlohmann::ordered_json;

}
