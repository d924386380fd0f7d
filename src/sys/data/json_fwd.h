#pragma once
#include <nlohmann/json_fwd.hpp>

// Declares the JSON type for headers. Files that use values include sys/data/json.h, which takes a second to compile.
namespace fairlead::sys {

using Json = nlohmann::ordered_json;

}
