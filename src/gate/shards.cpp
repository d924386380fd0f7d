#include "gate/shards.h"
#include "base/text.h"
#include "gate/formats/findings.h"
#include "sys/data/json.h"
#include "sys/stream/gzip.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::gate {
namespace {

using sys::Json;

constexpr std::string_view manifest = "shard.json";
constexpr std::uint64_t longest = 1u << 24; // bytes of it
constexpr std::uint64_t most_bytes = 1'000'000'000'000'000;
constexpr Milliseconds apart{60'000}; // clocks of two jobs may be this far apart

// "12.gz"
bool is_packed_name(std::string_view name) {
    if (!name.ends_with(".gz") || name.size() < 4 || name.size() > 12) return false;
    name.remove_suffix(3);
    return name.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_expected(const Policy& policy, const std::string& name) {
    const auto& all = policy.expected_shards;
    return all.empty() || std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
}

class TextSink : public sys::Sink {
  public:
    explicit TextSink(std::string& text) : text_(text) {}
    Result<void> write(std::string_view bytes) override {
        text_ += bytes;
        return {};
    }
    Result<void> close() override { return {}; }

  private:
    std::string& text_;
};

Result<std::string> packed(const std::string& path, const Folders& folders) {
    const bool is_elsewhere = path.starts_with('/');
    auto root = is_elsewhere ? sys::Root::everything() : TRY(sys::Root::open(folders.root));
    auto stream = TRY(Source::file(std::move(root), path).open(sys::Encoding::raw));
    std::string bytes;
    const auto sink = sys::gzipping(6, std::make_unique<TextSink>(bytes));
    for (;;) {
        const std::string_view piece = TRY(stream.next());
        if (piece.empty()) break;
        TRY_VOID(sink->write(piece));
    }
    TRY_VOID(sink->close());
    return bytes;
}

}

std::string shard_of_folder(const std::string& folder) {
    return std::filesystem::absolute(folder + "/.").lexically_normal().parent_path().filename().string();
}

Result<Shard> parse_shard(std::string_view text, const std::string& file) {
    const auto parsed = sys::parse_json(text, file);
    if (!parsed.ok()) return usage(parsed.error().message, parsed.error().place);
    const Json& json = parsed.value();
    const auto refused = [&](std::string why) { return usage(std::move(why), {file, 0, 0, {}}); };
    if (member_of(json, "schema") != 1 || sys::text_of(json, "tool") != "gate")
        return refused("is not a shard with \"schema\": 1; write it with --collect");
    Shard out{.name = sys::text_of(json, "shard"),
              .of = {sys::text_of(json, "commit"), member_of(json, "dirty") == true}};
    const auto collected = parse_utc(sys::text_of(json, "collected"));
    const Json& reports = member_of(json, "reports");
    if (out.name.empty() || !collected || !reports.is_array() || reports.empty())
        return refused("has no name, no time or no reports; write the shard again with --collect");
    out.collected = *collected;
    for (const Json& one : reports) {
        Shard::Report report{sys::text_of(one, "entry"), sys::text_of(one, "path"), sys::text_of(one, "file")};
        if (report.path.empty() || !is_packed_name(report.file))
            return refused("lists a report without a path, or not as N.gz; write the shard again with --collect");
        out.reports.push_back(std::move(report));
    }
    for (const Json& one : member_of(json, "sizes")) {
        const auto files = whole_number(member_of(one, "files"), most_bytes),
                   bytes = whole_number(member_of(one, "bytes"), most_bytes);
        Size size{sys::text_of(one, "name")};
        if (size.name.empty() || !files || !bytes)
            return refused("has a size without name, files and bytes; write the shard again with --collect");
        size.files = *files;
        size.bytes = *bytes;
        out.sizes.push_back(std::move(size));
    }
    return out;
}

std::string shard_text(const Shard& shard) {
    Json reports = Json::array();
    for (const auto& [entry, path, file] : shard.reports)
        reports.push_back({{"entry", entry}, {"path", path}, {"file", file}});
    Json json = {{"schema", 1},
                 {"tool", "gate"},
                 {"shard", shard.name},
                 {"commit", shard.of.commit},
                 {"dirty", shard.of.dirty},
                 {"collected", format_utc(shard.collected)},
                 {"reports", std::move(reports)}};
    for (const auto& size : shard.sizes)
        json["sizes"].push_back({{"name", size.name}, {"files", size.files}, {"bytes", size.bytes}});
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<void> refuse_shard_folder(const std::string& folder, const Policy& policy) {
    if (const auto name = shard_of_folder(folder); !is_expected(policy, name))
        return usage(
            fmt::format("gate: shards: expect doesn't list a shard '{}'; name the folder as one of them", name));
    const auto info = sys::inspect(folder);
    if (info.type == sys::FileType::absent) return {};
    if (info.type != sys::FileType::folder)
        return usage(fmt::format("--collect writes a folder, and '{}' is something else; name another", folder));
    const auto root = TRY(sys::Root::open(folder));
    const auto entries = TRY(root.list("."));
    for (const auto& [name, type] : entries)
        if (type != sys::FileType::file || (name != manifest && !is_packed_name(name)))
            return usage(
                fmt::format("'{}' has other files than a shard's ({}); name a new folder, such as shards/linux", folder,
                            one_line(name, 60)));
    return {};
}

Result<void> write_shard(const std::string& folder, std::span<const Item> items, std::vector<Size> sizes,
                         const Folders& folders, SystemTime now) {
    const auto around = TRY(sys::Root::open("."));
    const auto root = sys::Path(folder).is_absolute() ? TRY(sys::Root::everything().make_folders(folder))
                                                      : TRY(around.make_folders(folder));
    TRY_VOID(root.remove(manifest));
    const auto old = TRY(root.list("."));
    for (const auto& entry : old) TRY_VOID(root.remove(entry.name));
    Shard shard{.name = shard_of_folder(folder),
                .of = report::stamp_of(folders.root),
                .collected = now,
                .sizes = std::move(sizes)};
    for (const auto& item : items) {
        if (item.evidence.problem != Problem::none) continue;
        auto name = fmt::format("{}.gz", shard.reports.size() + 1);
        const auto bytes = TRY(packed(item.path, folders));
        TRY_VOID(root.write(name, bytes));
        shard.reports.push_back({item.name, item.path, std::move(name)});
    }
    return root.write(manifest, shard_text(shard));
}

namespace {

bool has_entry(const Shard& shard, const std::string& entry) {
    return std::any_of(shard.reports.begin(), shard.reports.end(),
                       [&](const Shard::Report& one) { return one.entry == entry; });
}

std::string complaint_about(const Shard& shard, const Policy& policy, const report::Stamp& here, SystemTime now) {
    constexpr std::string_view again = "run its job again";
    if (shard.of.commit != here.commit)
        return fmt::format("it is about {}, and this is {}; {}",
                           shard.of.commit.empty() ? "no commit" : "commit " + one_line(shard.of.commit.substr(0, 12)),
                           here.commit.empty() ? "no commit" : "commit " + here.commit.substr(0, 12), again);
    if (shard.of.dirty && !here.dirty)
        return fmt::format("it is about files that were changed since the commit and aren't here; {}", again);
    if (shard.collected > now + apart)
        return fmt::format("it is dated {}, which is in the future; {}", format_utc(shard.collected), again);
    if (policy.age.limit && now - shard.collected > *policy.age.limit)
        return fmt::format("it was collected at {}, which is longer ago than gate: max_age: {} allows; {}",
                           format_utc(shard.collected), format_duration(*policy.age.limit), again);
    if (!is_expected(policy, shard.name)) return "gate: shards: expect doesn't list it";
    for (const auto& expected : policy.reports)
        if (policy.wants_of_shard(shard.name, expected) && !has_entry(shard, expected.name))
            return fmt::format("it has no report {}; see what its job wrote", expected.name);
    return {};
}

class Finder {
  public:
    Finder(const Policy& policy, const Folders& folders, SystemTime now)
        : policy_(policy), folders_(folders), now_(now), here_(report::stamp_of(folders.root)) {}

    Result<FoundShards> all() {
        const Expected expected{.patterns = policy_.shards, .place = policy_.shards_place};
        const auto matches = TRY(matching(expected, folders_));
        for (const Match& match : matches) add(match);
        if (matches.empty())
            out_.checks.push_back({join(policy_.shards, ", "), "matches no file; hand on what --collect wrote"});
        for (const auto& shard : policy_.expected_shards)
            if (!seen_.contains(shard.name))
                out_.checks.push_back({shard.name, "it isn't here; its job failed, or didn't hand it on"});
        return std::move(out_);
    }

  private:
    void add(const Match& match) {
        const auto text =
            match.refused.empty() ? match.root.read(match.inner, longest) : Result<std::string>(no(match.refused));
        auto shard = text.ok() ? parse_shard(text.value(), match.inner) : Result<Shard>(text.error());
        if (!shard.ok()) return out_.checks.push_back({one_line(match.inner), shard.error().message});
        auto complaint = complaint_about(shard.value(), policy_, here_, now_);
        const auto [at, is_new] = seen_.try_emplace(shard->name, match.inner);
        if (!is_new) complaint = fmt::format("'{}' is a shard of that name, too; hand on one of them", at->second);
        const bool counts = complaint.empty();
        out_.checks.push_back({one_line(shard->name), std::move(complaint)});
        const auto folder = sys::Path(match.inner).parent_path();
        for (auto& [entry, path, file] : shard->reports)
            if (counts) out_.reports[entry].push_back(report_match(match.root, folder / file, path));
        for (const Size& size : shard->sizes) {
            if (!counts) break;
            Size& known = out_.sizes[size.name];
            if (size.bytes >= known.bytes) known = size;
        }
    }

    // It is read in the shard, and its relative paths start where it was.
    Match report_match(const sys::Root& root, const sys::Path& inner, const std::string& path) const {
        const auto was = (sys::Path(folders_.root) / path).lexically_normal().string();
        return {root, inner.string(), was, (root.path() / inner).string(), ""};
    }

    const Policy& policy_;
    const Folders& folders_;
    SystemTime now_;
    report::Stamp here_;
    FoundShards out_;
    std::map<std::string, std::string> seen_; // the file of each name
};

}

Result<FoundShards> find_shards(const Policy& policy, const Folders& folders, SystemTime now) {
    return Finder(policy, folders, now).all();
}

}
