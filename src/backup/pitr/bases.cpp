#include "backup/pitr/bases.h"
#include "backup/engines/postgres_parts.h"
#include "backup/pitr/archive.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/process/process.h"
#include "sys/stream/digest.h"
#include "sys/stream/files.h"
#include "sys/stream/tar.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::backup::pitr {
namespace {

std::uint64_t number_of(const Part& part, const char* fact) {
    const auto found = part.facts.find(fact);
    return found == part.facts.end() ? 0 : static_cast<std::uint64_t>(parse_integer(found->second).value_or(0));
}

std::optional<std::uint64_t> lsn_of(const Part& part, const char* fact) {
    const auto found = part.facts.find(fact);
    return found == part.facts.end() ? std::nullopt : parse_lsn(found->second);
}

// What pg_verifybackup does, without it: each file of backup_manifest is there, as long and with its checksum.
Result<void> compare_files(const Part& part, const sys::Path& folder) {
    const auto text = TRY(sys::read_file(folder / "backup_manifest"));
    const auto json = TRY(sys::parse_json(text, "backup_manifest"));
    const auto* files = sys::json_pointer(json, "/Files");
    const auto refuse = [&](const std::string& what) {
        return no(fmt::format("the base in '{}' is not what the server sent: {}", part.file, what));
    };
    if (files == nullptr || !files->is_array() || files->empty()) return refuse("its manifest names no file");
    for (const auto& one : *files) {
        const auto path = sys::text_of(one, "Path"), checksum = sys::text_of(one, "Checksum");
        if (path.empty() || sys::text_of(one, "Checksum-Algorithm") != "SHA256")
            return refuse("a file of its manifest has no name, or no SHA256");
        const auto source = TRY(sys::file_source(folder / path));
        const auto digest = sys::digesting(sys::borrowed(*source));
        std::string piece(sys::stream_piece, '\0');
        while (TRY(digest->read(piece)) > 0) {
        }
        if (digest->figures().sha256 != checksum) return refuse(path + " differs");
    }
    return {};
}

Result<Base> read_base(Store& store, const Job& job, const std::string& id, const std::vector<Object>& files) {
    const std::string name = base_file(job, id, base_manifest);
    const auto text = TRY(store.read(name, longest_manifest));
    Set set;
    set.id = id;
    set.manifest = name;
    set.beside = files;
    if (const auto is_trusted = job.signing.check(store, set, text, job.clock.now()); !is_trusted.ok()) {
        if (is_trusted.error().kind != Kind::no) return is_trusted.error();
        return no(fmt::format("base {}: {}, make one by pitr-base, and take this one's folder away", id,
                              is_trusted.error().message));
    }
    Base base;
    base.id = id;
    base.manifest = TRY(read_manifest(text, name, id));
    const auto strange = [&](std::string_view what) { return no(fmt::format("base {}: {}", id, what)); };
    if (base.manifest.app != job.app || base.manifest.environment != job.environment)
        return strange("it is of another app or environment than its folder says; take the folder away");
    if (base.manifest.parts.size() != 1) return strange("its manifest is not of a base");
    const Part& part = base.part();
    const auto start = lsn_of(part, "start_lsn"), stop = lsn_of(part, "stop_lsn");
    const auto stopped = part.facts.contains("stopped") ? parse_utc(part.facts.at("stopped")) : std::nullopt;
    base.segment_bytes = number_of(part, "segment_bytes");
    if (!start || !stop || !stopped || *stop < *start || base.segment_bytes == 0)
        return strange("its manifest is not of a base");
    const auto timeline = static_cast<std::uint32_t>(number_of(part, "timeline"));
    base.start = {timeline, *start / base.segment_bytes};
    base.stop = {timeline, (*stop > 0 ? *stop - 1 : 0) / base.segment_bytes};
    base.stop_lsn = *stop;
    base.stopped = *stopped;
    return base;
}

}

std::string base_file(const Job& job, const std::string& id, const std::string& file) {
    return base_folder(job) + id + "/" + file;
}

Result<Bases> list_bases(Store& store, const Job& job) {
    const std::string folder = base_folder(job);
    const auto objects = TRY(store.list(folder));
    std::map<std::string, std::vector<Object>> by_id;
    for (const Object& object : objects) {
        const auto rest = object.name.substr(folder.size());
        if (const auto slash = rest.find('/'); slash != rest.npos) by_id[rest.substr(0, slash)].push_back(object);
    }
    Bases bases;
    for (const auto& one : by_id) {
        const std::string& id = one.first;
        const std::vector<Object>& files = one.second;
        const auto with = [&](const std::string& name) {
            return std::find_if(files.begin(), files.end(), [&](const Object& file) { return file.name == name; });
        };
        if (with(base_file(job, id, base_manifest)) == files.end()) {
            bases.unfinished.insert(bases.unfinished.end(), files.begin(), files.end());
            continue;
        }
        auto base = read_base(store, job, id, files);
        if (!base.ok() && base.error().kind != Kind::no) return base.error();
        if (!base.ok()) {
            bases.damaged.push_back(base.error().message);
            continue;
        }
        const auto data = with(base->part().file);
        if (data == files.end() || data->bytes != base->part().stored.bytes)
            bases.damaged.push_back(fmt::format("base {}: '{}' {}", id, base->part().file,
                                                data == files.end() ? "is gone" : "has not the size that was written"));
        else
            bases.whole.push_back(std::move(base).value());
    }
    std::sort(bases.whole.begin(), bases.whole.end(),
              [](const Base& a, const Base& b) { return std::tie(a.stopped, a.id) > std::tie(b.stopped, b.id); });
    return bases;
}

Result<Facts> read_backup_manifest(std::string_view text, const std::string& name) {
    const auto json = TRY(sys::parse_json(text, name));
    const auto broken = [&] {
        return no(fmt::format("'{}' tells no range of WAL; it is no manifest of pg_basebackup", name));
    };
    const auto* ranges = sys::json_pointer(json, "/WAL-Ranges");
    if (ranges == nullptr || !ranges->is_array() || ranges->empty()) return broken();
    const auto &first = ranges->front(), &last = ranges->back();
    const auto start = parse_lsn(sys::text_of(first, "Start-LSN")), stop = parse_lsn(sys::text_of(last, "End-LSN"));
    const auto* timeline = sys::json_pointer(first, "/Timeline");
    if (!start || !stop || timeline == nullptr || !timeline->is_number_unsigned()) return broken();
    if (ranges->size() > 1)
        return no(fmt::format("'{}': the server changed its timeline meanwhile; take another base", name));
    return Facts{timeline->get<std::uint32_t>(), *start, *stop, 0};
}

Result<void> verify_stored(Store& store, const Job& job, const Part& part) {
    const auto source = TRY(open_part(job, store, part));
    std::string piece(sys::stream_piece, '\0');
    while (TRY(source->read(piece)) > 0) {
    }
    return {};
}

Result<void> unpack(Store& store, const Job& job, const Part& part, const sys::Path& folder) {
    const auto source = TRY(open_part(job, store, part));
    TRY(sys::extract_tar(*source, part.file, folder));
    return {};
}

Result<void> verify_unpacked(const Job& job, const Part& part, const sys::Path& folder) {
    const int major = postgres::major_of(part.server_version);
    const auto programs = TRY(postgres::find_programs(major, job.world));
    // From 17 on it reads pg_control, too, and that only of its own version.
    constexpr int reads_control = 17;
    if (major >= reads_control && programs.major != major) return compare_files(part, folder);
    sys::Command command;
    command.argv = {(programs.folder / "pg_verifybackup").string(), "--no-parse-wal", "--quiet", folder.string()};
    command.environment = sys::base_environment(job.world.variables);
    command.whose = sys::Whose::ours;
    command.any_path = command.dies_with_us = command.keep_partial = true;
    const auto done = TRY(sys::run(command));
    if (done.status == 0 && !done.truncated) return {};
    const auto lines = split(trim(std::string_view(done.err)), '\n');
    return no(fmt::format("pg_verifybackup refuses the base in '{}': {}", part.file, lines.front()));
}

}
