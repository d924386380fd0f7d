#include "scan/clean_commits.h"
#include "config/change.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace fairlead::scan {
namespace {

constexpr std::string_view cache_head = "fairlead-scan cache 1\n";
constexpr std::size_t digest_digits = 64, id_digits = 40;

}

Result<CleanCommits> CleanCommits::read(std::string_view text, const std::string& key, const std::string& file) {
    CleanCommits clean(key);
    if (text.empty()) return clean;
    if (!text.starts_with(cache_head))
        return usage(fmt::format("--cache: {} is not a cache of fairlead-scan; name another file", file));
    const std::size_t end = text.size() - std::min(text.size(), digest_digits + 1);
    if (text.substr(end) != sys::sha256(text.substr(0, end)) + "\n") {
        clean.why_ =
            fmt::format("--cache: {} is damaged, so that every commit is scanned; it will be written again", file);
        return clean;
    }
    std::string_view rest = text.substr(cache_head.size(), end - cache_head.size());
    if (!rest.starts_with(key + "\n")) return clean; // of other rules, settings, or another version
    for (rest.remove_prefix(key.size() + 1); rest.size() > id_digits; rest.remove_prefix(id_digits + 1))
        if (config::is_commit_id(rest.substr(0, id_digits))) clean.ids_.emplace(rest.substr(0, id_digits));
    return clean;
}

std::string CleanCommits::text() const {
    std::vector<std::string> ids(ids_.begin(), ids_.end());
    std::sort(ids.begin(), ids.end());
    std::string text = fmt::format("{}{}\n", cache_head, key_);
    for (const std::string& id : ids) text += id + "\n";
    return text + sys::sha256(text) + "\n";
}

}
