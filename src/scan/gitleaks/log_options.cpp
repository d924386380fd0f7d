#include "scan/gitleaks/log_options.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::scan::gitleaks {
namespace {

Result<std::size_t> parse_count(std::string_view text) {
    const auto count = parse_integer(text);
    if (!count.ok() || count.value() < 1)
        return usage(fmt::format("--log-opts: '{}' is not a number of commits; write -n 10", text));
    return static_cast<std::size_t>(count.value());
}

void add_revision(std::string_view word, LogOptions& options) {
    const auto or_head = [](std::string_view name) { return std::string(name.empty() ? "HEAD" : name); };
    const std::size_t dots = word.find("..");
    if (word.starts_with('^')) {
        options.without.emplace_back(word.substr(1));
    } else if (dots == word.npos) {
        options.with.emplace_back(word);
    } else if (word.substr(dots).starts_with("...")) { // what only one of both has
        options.with.insert(options.with.end(), {or_head(word.substr(0, dots)), or_head(word.substr(dots + 3))});
        options.without.emplace_back(word); // its merge base, found later
    } else {
        options.without.push_back(or_head(word.substr(0, dots)));
        options.with.push_back(or_head(word.substr(dots + 2)));
    }
}

Result<void> add_option(const std::string& word, LogOptions& options) {
    constexpr std::string_view max_count = "--max-count=";
    if (word == "--all")
        options.all = true;
    else if (word == "--branches")
        options.branches = true;
    else if (word == "--tags")
        options.tags = true;
    else if (word == "--no-merges")
        options.merges = false;
    else if (word == "--first-parent")
        options.first_parent = true;
    else if (word.starts_with(max_count))
        options.most = TRY(parse_count(word.substr(max_count.size())));
    else if (word.starts_with("-n"))
        options.most = TRY(parse_count(word.substr(2)));
    else if (word.size() > 1 && is_digit(word[1]))
        options.most = TRY(parse_count(word.substr(1)));
    else if (word != "--full-history")
        return usage(fmt::format("--log-opts: '{}' is not known here; known are revisions, ranges, --all, --branches, "
                                 "--tags, -n N, --no-merges, --first-parent, --full-history and -- PATH",
                                 word));
    return {};
}

Result<void> add_path(const std::string& word, LogOptions& options) {
    if (word.find_first_of("*?[:") != word.npos)
        return usage(fmt::format("--log-opts: '{}' is a pattern; write the path of a file or a folder", word));
    const std::size_t end = word.find_last_not_of('/');
    const std::string path = word.substr(0, end == word.npos ? 0 : end + 1);
    options.paths.push_back(path.starts_with("./") ? path.substr(2) : path);
    return {};
}

Result<std::vector<std::string>> heads_of(const sys::Repository& repository, const LogOptions& options) {
    std::set<std::string> heads;
    for (const std::string& name : options.with) {
        auto id = TRY(repository.resolve(name));
        heads.insert(std::move(id));
    }
    std::vector<std::string> prefixes;
    if (options.all) prefixes = {"refs/"};
    if (options.branches) prefixes.emplace_back("refs/heads/");
    if (options.tags) prefixes.emplace_back("refs/tags/");
    for (const std::string& prefix : prefixes)
        for (const auto& reference : TRY(repository.references(prefix)))
            if (!reference.commit.empty()) heads.insert(reference.commit);
    const auto head = repository.head_commit();
    if (head && (options.all || (options.with.empty() && prefixes.empty()))) heads.insert(*head);
    return std::vector<std::string>(heads.begin(), heads.end());
}

Result<std::vector<std::string>> bases_of(const sys::Repository& repository, const LogOptions& options) {
    std::vector<std::string> bases;
    for (const std::string& name : options.without) {
        const std::size_t dots = name.find("...");
        if (dots == name.npos) {
            auto id = TRY(repository.resolve(name));
            bases.push_back(std::move(id));
            continue;
        }
        const std::string left = name.substr(0, dots), right = name.substr(dots + 3);
        const std::string one = TRY(repository.resolve(left.empty() ? "HEAD" : left));
        const std::string other = TRY(repository.resolve(right.empty() ? "HEAD" : right));
        if (const auto base = TRY(repository.merge_base(one, other))) bases.push_back(*base);
    }
    return bases;
}

// Of the commits, those that lead on from a head by first parents.
Result<std::vector<std::string>> by_first_parents(const sys::Repository& repository,
                                                  const std::vector<std::string>& commits,
                                                  const std::vector<std::string>& heads) {
    const std::set<std::string> known(commits.begin(), commits.end());
    std::set<std::string> taken;
    for (std::string id : heads) {
        while (known.contains(id) && taken.insert(id).second) {
            const auto commit = TRY(repository.commit(id));
            id = commit.parents.empty() ? std::string() : commit.parents.front();
        }
    }
    std::vector<std::string> kept;
    std::copy_if(commits.begin(), commits.end(), std::back_inserter(kept),
                 [&](const std::string& id) { return taken.contains(id); });
    return kept;
}

}

Result<LogOptions> LogOptions::parse(std::string_view text) {
    LogOptions options;
    bool paths = false, count = false;
    for (const std::string& word : split(text, ' ')) {
        if (word.empty()) continue;
        if (paths) {
            TRY_VOID(add_path(word, options));
        } else if (count) {
            options.most = TRY(parse_count(word));
            count = false;
        } else if (word == "--") {
            paths = true;
        } else if (word == "-n") {
            count = true;
        } else if (word.starts_with('-')) {
            TRY_VOID(add_option(word, options));
        } else {
            add_revision(word, options);
        }
    }
    if (count) return usage("--log-opts: -n needs a number of commits; write -n 10");
    return options;
}

bool LogOptions::takes(std::string_view path) const {
    return paths.empty() || std::any_of(paths.begin(), paths.end(), [&](const std::string& wanted) {
               return wanted.empty() || wanted == "." || path == wanted ||
                      (path.starts_with(wanted) && path[wanted.size()] == '/');
           });
}

Result<std::vector<std::string>> commits_of(const sys::Repository& repository, const LogOptions& options) {
    const auto heads = TRY(heads_of(repository, options));
    if (heads.empty()) return std::vector<std::string>();
    const auto bases = TRY(bases_of(repository, options));
    auto commits = TRY(repository.range(bases, heads));
    if (options.first_parent) commits = TRY(by_first_parents(repository, commits, heads));
    if (options.merges && options.most == 0) return commits;
    std::vector<std::string> kept;
    for (const std::string& id : commits) {
        if (options.most > 0 && kept.size() == options.most) break;
        if (!options.merges && TRY(repository.commit(id)).parents.size() > 1) continue;
        kept.push_back(id);
    }
    return kept;
}

}
