#include "preflight/word.h"
#include "base/shell.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

constexpr std::uint64_t longest_policy = 64u << 20;

}

Word::Word(const Looked& looked, const Surroundings& around)
    : looked_(looked), config_(around.config), foreign_(around.change.foreign) {
    if (auto repository = sys::Repository::open("."); repository.ok()) repository_ = std::move(repository).value();
}

Result<std::optional<std::string>> Word::file(const std::string& path) const {
    if (foreign_) {
        if (!repository_ || config_.base_commit().empty()) return std::optional<std::string>();
        return repository_->file_at(config_.base_commit(), path);
    }
    const auto info = looked_.root.look(path);
    if (!info.ok()) return usage(info.error().message);
    if (info->type == sys::FileType::absent) return std::optional<std::string>();
    if (info->size > longest_policy)
        return usage(
            fmt::format("{0} is larger than {1} MiB; run: git log -- {2} to see how it grew, and revert that change",
                        path, longest_policy >> 20, shell_word(path)));
    auto text = TRY(looked_.root.read(path, longest_policy));
    return std::optional(std::move(text));
}

Result<std::string> Word::policy(const std::string& path) const {
    auto text = TRY(file(path));
    return std::move(text).value_or("");
}

const Stood* Word::base(const std::string& path) {
    if (!foreign_) return nullptr;
    auto found = base_.find(path);
    if (found == base_.end()) {
        const bool known = repository_ && !config_.base_commit().empty();
        found =
            base_.emplace(path, Stood(known ? repository_->read_blob(config_.base_commit(), path).value_or("") : ""))
                .first;
    }
    return &found->second;
}

}
