#include "tag/source/web_links.h"
#include <cstdint>

// An address has neither the user's part nor anything that ends a link in markdown.
extern "C" int fuzz_tag_web_links(const std::uint8_t* data, std::size_t size) {
    using namespace fairlead::tag;
    const auto address = web_address({reinterpret_cast<const char*>(data), size});
    const auto host_end = address.find('/', 8);
    if (address.substr(0, host_end).find('@') != std::string::npos) __builtin_trap();
    if (host_end != std::string::npos && address.find_first_of(" ()<>\"\n", host_end) != std::string::npos)
        __builtin_trap();
    const WebLinks links{address, host_of(address)};
    if (address.empty() != links.commit("0a").empty()) __builtin_trap();
    return 0;
}
