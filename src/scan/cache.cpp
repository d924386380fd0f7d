#include "scan/cache.h"
#include "base/version.h"
#include "scan/rules/rule.h"
#include "sys/digest.h"
#include "sys/files/log.h"
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fairlead::scan {
namespace {

constexpr std::uint64_t largest_cache = 256u << 20; // six million commits

}

std::string key_of(const Options& options, const gitleaks::Configuration& configuration) {
    std::string facts = fmt::format("{} {}\n", version(), commit());
    for (const Rule* rule : rules())
        facts += fmt::format("{} {} {} {} {}\n", rule->id, to_expression(*rule), rule->entropy,
                             fmt::join(rule->keywords, " "), fmt::join(rule->files, " "));
    for (const auto* list : {&options.only, &options.skip, &options.exclude, &options.allow})
        facts += fmt::format("{}\n", fmt::join(*list, "\n")) + '\0';
    return sys::sha256(facts + configuration.file + '\0' + configuration.sources);
}

Result<std::optional<Cache>> open_cache(const std::optional<sys::Repository>& repository, const std::string& path,
                                        const Word& word, const std::string& key) {
    if (path.empty()) return std::optional<Cache>();
    if (word.of_base) {
        sys::log_info("--cache: this is a foreign change, so every commit is scanned, and the cache stays as it is");
        return std::optional<Cache>();
    }
    sys::Named file = TRY(place_of(repository, path));
    const auto info = file.root.look(file.path);
    if (!info.ok()) return usage(info.error().message);
    std::string text;
    if (info->type != sys::FileType::absent) text = TRY(file.root.read(file.path, largest_cache));
    CleanCommits clean = TRY(CleanCommits::read(text, key, path));
    if (!clean.why().empty()) sys::log_warning(clean.why());
    return std::optional(Cache{std::move(file), path, std::move(clean)});
}

Result<void> save(const Cache& cache) {
    const sys::Path path = cache.file.path;
    if (path.has_parent_path()) TRY_VOID(cache.file.root.make_folders(path.parent_path()));
    return cache.file.root.write(path, cache.clean.text());
}

}
