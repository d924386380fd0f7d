// Any bytes give balanced events with local names or one error with a place.
#include "sys/data/xml.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::sys;

namespace {

struct Balance : XmlHandler {
    int open = 0;
    fairlead::Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
        ++open;
        if (name.find(':') != name.npos) std::abort();
        static_cast<void>(attributes.get("name"));
        static_cast<void>(attributes.has("line"));
        return {};
    }
    fairlead::Result<void> end(std::string_view) override {
        if (--open < 0) std::abort();
        return {};
    }
};

}

extern "C" int fuzz_sys_xml(const std::uint8_t* data, std::size_t size) {
    Balance balance;
    const auto result = parse_xml({reinterpret_cast<const char*>(data), size}, "f", balance);
    if (result.ok() ? balance.open != 0 : result.error().kind != fairlead::Kind::no) std::abort();
    return 0;
}
