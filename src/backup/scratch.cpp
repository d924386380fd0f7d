#include "backup/scratch.h"
#include "sys/files/log.h"
#include "sys/files/scratch.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

constexpr std::string_view all_scratch[] = {scratch_of_server, scratch_of_dump, scratch_of_redis, scratch_of_files,
                                            scratch_of_base};

void sweep(std::string_view prefix, const sys::Path& parent) {
    for (const auto& folder : sys::abandoned_scratch(prefix, sys::Abandoned::removed, parent))
        sys::log_warning(fmt::format("data that a killed run left in the clear are gone: {}", folder.string()));
}

std::string prefix_beside(const sys::Path& target) { return fmt::format(".{}.fairlead", target.filename().string()); }

}

void sweep_scratch() {
    for (const auto prefix : all_scratch) sweep(prefix, {});
}

void tell_of_scratch() {
    for (const auto prefix : all_scratch)
        for (const auto& folder : sys::abandoned_scratch(prefix, sys::Abandoned::listed))
            sys::log_warning(
                fmt::format("'{}' holds data in the clear that a killed run left; the next run, verify or restore "
                            "takes it away",
                            folder.string()));
}

Result<sys::ScratchFolder> scratch_beside(const sys::Path& target) {
    sweep(prefix_beside(target), target.parent_path());
    return sys::ScratchFolder::make(prefix_beside(target), target.parent_path());
}

std::vector<std::string> left_beside(const sys::Path& target) {
    std::vector<std::string> left;
    for (const auto& folder :
         sys::abandoned_scratch(prefix_beside(target), sys::Abandoned::listed, target.parent_path()))
        left.push_back(folder.string());
    return left;
}

}
