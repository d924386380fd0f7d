#include "scan/policy.h"
#include "base/text.h"
#include "sys/encoding.h"
#include <algorithm>

namespace fairlead::scan {

namespace {

constexpr std::uint64_t longest_policy = 64u << 20;

}

Result<sys::Named> place_of(const std::optional<sys::Repository>& repository, const std::string& path) {
    std::error_code ignored;
    const std::string tree = repository ? repository->work_tree() : "";
    return sys::named_by_person(tree.empty() ? std::filesystem::current_path(ignored) : sys::Path(tree), path);
}

Result<std::string> read_file(const std::optional<sys::Repository>& repository, const std::string& path) {
    const sys::Named file = TRY(place_of(repository, path));
    const auto info = file.root.look(file.path);
    if (!info.ok()) return usage(info.error().message);
    if (info->type == sys::FileType::absent) return std::string();
    return file.root.read(file.path, longest_policy);
}

Result<std::string> read_policy(const std::optional<sys::Repository>& repository, const Word& word,
                                const std::string& path) {
    if (word.of_base) {
        if (!repository || word.commit.empty()) return std::string();
        return TRY(repository->file_at(word.commit, path)).value_or("");
    }
    return read_file(repository, path);
}

Result<std::vector<Suppression>> comments_of(Result<std::string> text) {
    if (!text.ok()) return std::move(text).error();
    const auto decoded = sys::decoded_text(text.value());
    return find_suppressions(decoded ? *decoded : text.value(), Slips::told);
}

Result<std::vector<Suppression>> comments_at(const sys::Repository& repository, const std::string& base,
                                             const Fragment& part) {
    const std::string before = repository.read_blob(base, part.path).value_or(""); // new files have none
    auto comments = find_suppressions(before);
    std::erase_if(comments, [](const Suppression& one) { return !one.whole_file; });
    const Stood stood(before);
    const auto now = split(part.text, '\n');
    for (Suppression& one : find_suppressions(part.text)) {
        if (one.whole_file || !stood.has(now, one)) continue;
        one.line += part.first_line - 1;
        comments.push_back(std::move(one));
    }
    return comments;
}

Collector::Comments comments_for(const std::optional<sys::Repository>& repository, const Word& word, Staged staged) {
    return [&repository, &word, staged](const Fragment& part) -> Result<std::vector<Suppression>> {
        if (word.of_base) {
            if (!repository || word.commit.empty()) return std::vector<Suppression>();
            return comments_at(*repository, word.commit, part);
        }
        if (staged == Staged::yes) return comments_of(repository->read_staged(part.path));
        return find_suppressions(part.text, Slips::told);
    };
}

}
