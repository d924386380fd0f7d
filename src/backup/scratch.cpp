#include "backup/scratch.h"
#include "base/text.h"
#include "sys/files/log.h"
#include "sys/files/owned/scratch.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

constexpr std::string_view all_scratch[] = {scratch_of_server, scratch_of_dump, scratch_of_redis, scratch_of_files};

void sweep(std::string_view prefix, const sys::Path& parent, const sys::HeldFolder* held = nullptr) {
    for (const auto& folder : sys::abandoned_scratch(prefix, sys::Abandoned::removed, parent))
        sys::log_warning(fmt::format("removed unencrypted data that a killed run left: {}",
                                     held ? held->named(folder.string()) : folder.string()));
}

std::string prefix_beside(const sys::Path& target) { return fmt::format(".{}.fairlead", target.filename().string()); }

}

void sweep_scratch() {
    for (const auto prefix : all_scratch) sweep(prefix, {});
}

void tell_of_scratch() {
    for (const auto prefix : all_scratch)
        for (const auto& folder : sys::abandoned_scratch(prefix, sys::Abandoned::listed))
            sys::log_warning(fmt::format(
                "'{}' holds unencrypted data that a killed run left; the next run, verify or restore removes it",
                folder.string()));
}

std::string Beside::named(const std::string& text) const {
    return parent.named(replace_all(text, scratch.held().string(), scratch.path().string()));
}

Result<Beside> scratch_beside(const sys::Path& target) {
    auto parent = TRY(sys::HeldFolder::open(target.parent_path()));
    sweep(prefix_beside(target), parent.path(), &parent);
    auto made = sys::ScratchFolder::make(prefix_beside(target), parent.path());
    if (!made.ok()) {
        auto error = std::move(made).error();
        error.message = parent.named(error.message);
        return error;
    }
    return Beside{std::move(parent), std::move(made).value(), target.filename().string()};
}

std::vector<std::string> left_beside(const sys::Path& target) {
    std::vector<std::string> left;
    for (const auto& folder :
         sys::abandoned_scratch(prefix_beside(target), sys::Abandoned::listed, target.parent_path()))
        left.push_back(folder.string());
    return left;
}

}
