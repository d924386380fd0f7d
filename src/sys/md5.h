#pragma once
#include <string>
#include <string_view>

namespace fairlead::sys {

// 16 bytes; only to compare with what a script says: MD5 proves nothing about who wrote the bytes.
std::string md5(std::string_view bytes);

}
