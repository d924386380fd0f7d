#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead::sys {

std::string sha256(std::string_view bytes); // 64 hex digits
Result<std::string> sha256_file(const std::string& path);
std::string random_hex(int bytes); // from getrandom(2)
bool is_gzip(std::string_view bytes);

}
