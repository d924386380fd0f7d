#include "base/glob.h"
#include "base/text.h"
#include "gate/collect/shards.h"
#include "gate/formats/findings.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/stream/gzip.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::gate {
namespace {

using sys::Json;

constexpr std::string_view manifest = "shard.json", packed_end = ".gz";
constexpr std::uint64_t most_bytes = 1'000'000'000'000'000;

// 64 hex digits and ".gz"
bool is_packed_name(std::string_view name) {
    return name.size() == 64 + packed_end.size() && name.ends_with(packed_end) &&
           name.substr(0, 64).find_first_not_of("0123456789abcdef") == std::string_view::npos;
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
    auto root = sys::Root::everything();
    if (!path.starts_with('/')) root = TRY(sys::Root::open(folders.root));
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

Result<std::vector<Shard::Report>> reports_in(const Json& list) {
    std::vector<Shard::Report> out;
    for (const Json& one : list) {
        Shard::Report report{sys::text_of(one, "entry"), sys::text_of(one, "path"), sys::text_of(one, "file")};
        if (report.path.empty() || !is_packed_name(report.file))
            return usage("lists a report without a path, or not as SHA256.gz; write the shard again with --collect");
        out.push_back(std::move(report));
    }
    return out;
}

Result<std::vector<Size>> sizes_in(const Json& list) {
    std::vector<Size> out;
    for (const Json& one : list) {
        const auto files = whole_number(member_of(one, "files"), most_bytes),
                   bytes = whole_number(member_of(one, "bytes"), most_bytes);
        auto name = sys::text_of(one, "name");
        if (name.empty() || !files || !bytes)
            return usage("has a size without name, files and bytes; write the shard again with --collect");
        out.push_back({std::move(name), static_cast<std::size_t>(*files), *bytes});
    }
    return out;
}

Result<Shard> shard_in(const Json& json) {
    if (member_of(json, "schema") != 1 || sys::text_of(json, "tool") != "gate")
        return usage("is not a shard with \"schema\": 1; write it with --collect");
    const auto collected = parse_utc(sys::text_of(json, "collected"));
    const Json& reports = member_of(json, "reports");
    Shard out{.name = sys::text_of(json, "shard"),
              .of = {sys::text_of(json, "commit"), member_of(json, "dirty") == true},
              .folder = sys::text_of(json, "folder")};
    if (out.name.empty() || !collected || !reports.is_array() || reports.empty())
        return usage("has no name, no time or no reports; write the shard again with --collect");
    out.collected = *collected;
    for (const Json& entry : member_of(json, "entries"))
        if (entry.is_string()) out.entries.push_back(entry.get<std::string>());
    out.reports = TRY(reports_in(reports));
    out.sizes = TRY(sizes_in(member_of(json, "sizes")));
    return out;
}

// An entry of `reports:` whose path also matches the shard's own files; empty: none does.
std::string matching_entry(const sys::Path& folder, const Policy& policy, const Folders& folders) {
    for (const auto& report : policy.reports)
        for (const auto& pattern : report.patterns) {
            const auto glob = (sys::Path(folders.base) / pattern).lexically_normal().string();
            for (const auto& name : {std::string(manifest), std::string(64, '0') + std::string(packed_end)})
                if (glob_match(glob, (folder / name).string())) return pattern;
        }
    return {};
}

}

Result<Shard> parse_shard(std::string_view text, const std::string& file) {
    const auto parsed = sys::parse_json(text, file);
    if (!parsed.ok()) return usage(parsed.error().message, parsed.error().place);
    auto shard = shard_in(parsed.value());
    if (!shard.ok()) return usage(shard.error().message, {file, 0, 0, {}});
    return shard;
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
                 {"folder", shard.folder},
                 {"entries", shard.entries},
                 {"reports", std::move(reports)}};
    for (const auto& size : shard.sizes)
        json["sizes"].push_back({{"name", size.name}, {"files", size.files}, {"bytes", size.bytes}});
    return sys::dump_json(json, 2) + "\n";
}

std::string shard_of_folder(const std::string& folder) {
    return std::filesystem::absolute(folder + "/.").lexically_normal().parent_path().filename().string();
}

Result<void> refuse_shard_folder(const std::string& folder, const Policy& policy, const Folders& folders) {
    const auto name = shard_of_folder(folder);
    if (!policy.expects_shard(name))
        return usage(fmt::format("gate: shards: expect doesn't list a shard '{}'; name the folder as one of them",
                                 one_line(name, 60)));
    if (report::stamp_of(folders.root).commit.empty())
        return usage("a shard is about a commit, and there is none here; run --collect in a clone");
    const auto real = sys::Path(real_path(std::filesystem::absolute(folder).string()));
    if (const auto pattern = matching_entry(real, policy, folders); !pattern.empty())
        return usage(
            fmt::format("'{}' matches the files of '{}', too, so they would be taken for reports; name another "
                        "folder, such as shards/linux",
                        pattern, folder));
    const auto info = sys::inspect(folder);
    if (info.type == sys::FileType::absent) return {};
    if (info.type != sys::FileType::folder)
        return usage(fmt::format("--collect writes a folder, and '{}' is something else; name another", folder));
    const auto root = TRY(sys::Root::open(folder));
    const auto entries = TRY(root.list("."));
    for (const auto& [file, type] : entries) {
        const bool is_ours = file == manifest || is_packed_name(file) || file.starts_with(sys::written_mark);
        if (type != sys::FileType::file || !is_ours)
            return usage(fmt::format("'{}' is not a folder of a shard: it has '{}'; name a new folder", folder,
                                     one_line(file, 60)));
    }
    return {};
}

Result<void> drop_shard(const std::string& folder) {
    if (sys::inspect(folder).type != sys::FileType::folder) return {};
    const auto root = TRY(sys::Root::open(folder));
    return root.remove(manifest);
}

Result<void> write_shard(const std::string& folder, Shard shard, std::span<const Item> items, const Folders& folders) {
    auto around = sys::Root::everything();
    if (!sys::Path(folder).is_absolute()) around = TRY(sys::Root::open("."));
    const auto root = TRY(around.make_folders(folder));
    for (const auto& item : items) {
        if (item.evidence.problem != Problem::none) continue;
        const auto bytes = TRY(packed(item.path, folders));
        auto name = sys::sha256(bytes).append(packed_end);
        TRY_VOID(root.write(name, bytes));
        shard.reports.push_back({item.name, item.path, std::move(name)});
    }
    TRY_VOID(root.write(manifest, shard_text(shard)));
    const auto there = TRY(root.list("."));
    for (const auto& entry : there) { // of an earlier run
        const bool is_listed = std::any_of(shard.reports.begin(), shard.reports.end(),
                                           [&](const Shard::Report& one) { return one.file == entry.name; });
        if (is_packed_name(entry.name) && !is_listed) TRY_VOID(root.remove(entry.name));
    }
    return {};
}

}
