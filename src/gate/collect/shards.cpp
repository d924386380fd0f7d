#include "gate/collect/shards.h"
#include "base/text.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {
namespace {

constexpr std::uint64_t longest_manifest = 1u << 24; // bytes of a shard.json
constexpr Milliseconds clock_skew{60'000};           // clocks of two jobs may be this far apart
constexpr std::string_view retry = "run its job again";

std::string commit_text(const std::string& id) {
    return id.empty() ? "no commit" : "commit " + one_line(id.substr(0, 12));
}

std::string config_text(const std::string& folder) {
    return one_line(folder.empty() ? folder : folder + '/', 200) + "fairlead.yml";
}

bool has_entry(const Shard& shard, const std::string& entry) {
    return std::find(shard.entries.begin(), shard.entries.end(), entry) != shard.entries.end();
}

class Finder {
  public:
    Finder(const Policy& policy, const Folders& folders, const std::string& folder, Freshness& freshness,
           SystemTime now)
        : policy_(policy), folders_(folders), folder_(folder), freshness_(freshness), now_(now),
          here_(report::stamp_of(folders.root)) {}

    Result<FoundShards> all() {
        for (const auto& pattern : policy_.shards) {
            const Expected expected{.patterns = {pattern}, .place = policy_.shards_place};
            const auto matches = TRY(matching(expected, folders_));
            for (const Match& match : matches) TRY_VOID(add(match));
            if (matches.empty() && policy_.expected_shards.empty())
                out_.checks.push_back({pattern, "matches no file; hand on what --collect wrote"});
        }
        for (const auto& shard : policy_.expected_shards)
            if (!seen_.contains(shard.name))
                out_.checks.push_back({shard.name, "it isn't here; its job failed, or didn't hand it on"});
        return std::move(out_);
    }

  private:
    Result<void> add(const Match& match) {
        if (!files_.insert(match.identity).second) return {};
        const auto text = match.refused.empty() ? match.root.read(match.inner, longest_manifest)
                                                : Result<std::string>(no(match.refused));
        const auto shard = text.ok() ? parse_shard(text.value(), match.inner) : Result<Shard>(text.error());
        const auto folder = sys::Path(match.inner).parent_path();
        const auto name = shard.ok() ? shard->name : folder.filename().string(); // mostly it is still called so
        const auto [at, is_new] = seen_.try_emplace(name, match.inner);
        std::string complaint;
        if (shard.ok())
            complaint = TRY(complaint_about(shard.value(), match));
        else
            complaint = shard.error().message;
        if (!is_new) complaint = fmt::format("'{}' is a shard of that name, too; hand on one of them", at->second);
        const bool counts = complaint.empty();
        out_.checks.push_back({one_line(name), std::move(complaint)});
        if (counts) take(shard.value(), match.root, folder);
        return {};
    }

    Result<std::string> complaint_about(const Shard& shard, const Match& match) {
        if (shard.of.commit != here_.commit || here_.commit.empty())
            return fmt::format("it is about {}, and this is {}; {}", commit_text(shard.of.commit),
                               commit_text(here_.commit), retry);
        if (shard.folder != folder_)
            return fmt::format("it is of {}, and this is {}", config_text(shard.folder), config_text(folder_));
        if (shard.of.dirty && !here_.dirty)
            return std::string("its job had changed files that git tracks (git status -uno names them there), and they "
                               "aren't changed here");
        if (here_.dirty) { // nobody knows whether it is the same change
            auto old = TRY(freshness_.complaint(match.identity, retry));
            if (!old.empty()) return "it " + old;
        }
        if (shard.collected > now_ + clock_skew)
            return fmt::format("it is dated {}, which is in the future; {}", format_utc(shard.collected), retry);
        if (policy_.age.limit && now_ - shard.collected > *policy_.age.limit)
            return fmt::format("it was collected at {}, which is longer ago than gate: max_age: {} allows; {}",
                               format_utc(shard.collected), format_duration(*policy_.age.limit), retry);
        if (!policy_.expects_shard(shard.name)) return std::string("gate: shards: expect doesn't list it");
        for (const auto& expected : policy_.reports)
            if (!expected.name.empty() && policy_.wants_of_shard(shard.name, expected) &&
                !has_entry(shard, expected.name))
                return fmt::format("it has no report {}; see what its job wrote", expected.name);
        return damage(shard, match);
    }

    // Each file is called by its digest.
    static std::string damage(const Shard& shard, const Match& match) {
        for (const auto& report : shard.reports) {
            const auto bytes = match.root.read(sys::Path(match.inner).parent_path() / report.file);
            if (!bytes.ok()) return bytes.error().message;
            if (!report.file.starts_with(sys::sha256(bytes.value())))
                return fmt::format("{}… is damaged; hand the shard on again", report.file.substr(0, 12));
        }
        return {};
    }

    void take(const Shard& shard, const sys::Root& root, const sys::Path& folder) {
        out_.entries.insert(shard.entries.begin(), shard.entries.end());
        for (const auto& [entry, path, file] : shard.reports) {
            const auto inner = folder / file; // it is read there, and its relative paths start where it was
            const auto was = (sys::Path(folders_.root) / path).lexically_normal().string();
            out_.reports[entry].push_back({root, inner.string(), was, (root.path() / inner).string(), "", shard.name});
        }
        for (const Size& size : shard.sizes) {
            Size& known = out_.sizes[size.name];
            if (size.bytes >= known.bytes) known = size;
        }
    }

    const Policy& policy_;
    const Folders& folders_;
    const std::string& folder_;
    Freshness& freshness_;
    SystemTime now_;
    report::Stamp here_;
    FoundShards out_;
    std::set<std::string> files_;
    std::map<std::string, std::string> seen_; // the file of each name
};

}

Result<FoundShards> find_shards(const Policy& policy, const Folders& folders, const std::string& folder,
                                Freshness& freshness, SystemTime now) {
    return Finder(policy, folders, folder, freshness, now).all();
}

}
