#include "act/workflow.h"
#include <cstdint>

extern "C" int fuzz_act_workflow(const std::uint8_t* data, std::size_t size) {
    const auto read = fairlead::act::read_workflow({reinterpret_cast<const char*>(data), size}, "x.yml");
    if (!read.ok() && read.error().kind != fairlead::Kind::usage) __builtin_trap();
    return 0;
}
