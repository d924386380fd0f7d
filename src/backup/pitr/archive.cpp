#include "backup/pitr/archive.h"
#include "backup/pitr/wal.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/stream/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::pitr {
namespace {

using PackedBy = sys::Compression::Kind;
constexpr std::size_t timeline_digits = 8, digest_digits = 64;
constexpr std::string_view encrypted = ".age";
// A segment that a promoted server left half full; stores keep ".partial" for files that aren't whole yet.
constexpr std::string_view half = ".partial", stored_half = ".half";

bool is_digest(std::string_view text) {
    return text.size() == digest_digits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::optional<Archived> parse(const Object& object) {
    std::string_view text = object.name;
    text.remove_prefix(text.rfind('/') + 1);
    const auto dash = text.find('-');
    if (dash == text.npos || text.size() < dash + 1 + digest_digits) return {};
    Archived found;
    found.name = replace_all(std::string(text.substr(0, dash)), stored_half, half);
    found.sha256 = text.substr(dash + 1, digest_digits);
    found.object = object;
    text.remove_prefix(dash + 1 + digest_digits);
    found.is_encrypted = text.ends_with(encrypted);
    if (found.is_encrypted) text.remove_suffix(encrypted.size());
    for (const PackedBy kind : {PackedBy::none, PackedBy::gzip, PackedBy::zstd})
        if (text == sys::suffix_of(kind)) {
            found.compression = kind;
            if (is_archived_name(found.name) && is_digest(found.sha256)) return found;
        }
    return {};
}

}

std::string pitr_folder(const Job& job) {
    return job.app + "/pitr/" + (job.environment.empty() ? "" : job.environment + "/");
}

Result<void> make_stores(const Job& job) {
    for (const auto& store : job.stores) TRY_VOID(store->make());
    return {};
}

std::string wal_folder(const Job& job) { return pitr_folder(job) + "wal/"; }
std::string base_folder(const Job& job) { return pitr_folder(job) + "base/"; }

std::string object_name(const Job& job, const std::string& name, const std::string& sha256) {
    return fmt::format("{}{}/{}-{}{}{}", wal_folder(job), name.substr(0, timeline_digits),
                       replace_all(name, half, stored_half), sha256, sys::suffix_of(job.settings.compression().kind),
                       job.keys.encrypts() ? encrypted : "");
}

Result<std::unique_ptr<sys::Source>> open_archived(Store& store, const Job& job, const Archived& one) {
    auto source = TRY(store.open(one.object.name));
    if (one.is_encrypted) {
        Part part;
        part.file = one.object.name;
        part.recipients = job.keys.recipients();
        source = TRY(job.keys.decrypting(std::move(source), part));
    }
    return sys::decompressing(one.compression, std::move(source), one.object.name);
}

Result<void> verify_archived(Store& store, const Job& job, const Archived& one) {
    auto opened = TRY(open_archived(store, job, one));
    const auto source = sys::digesting(std::move(opened));
    std::string piece(sys::stream_piece, '\0');
    while (TRY(source->read(piece)) > 0) {
    }
    if (source->figures().sha256 == one.sha256) return {};
    return no(fmt::format("'{}' is damaged: its content is not what was archived", one.object.name));
}

Result<std::string> read_archived(Store& store, const Job& job, const Archived& one) {
    constexpr std::size_t largest = 1u << 20;
    auto opened = TRY(open_archived(store, job, one));
    const auto source = sys::digesting(std::move(opened));
    const auto text = TRY(sys::read_all(*source, largest, one.object.name));
    if (source->figures().sha256 == one.sha256) return text;
    return no(fmt::format("'{}' is damaged: its content is not what was archived", one.object.name));
}

Result<std::vector<Archived>> archived(Store& store, const Job& job, std::string_view name) {
    std::string prefix = wal_folder(job);
    if (name.size() >= timeline_digits)
        prefix +=
            fmt::format("{}/{}", name.substr(0, timeline_digits), replace_all(std::string(name), half, stored_half));
    const auto objects = TRY(store.list(prefix));
    std::vector<Archived> all;
    for (const Object& object : objects)
        if (auto found = parse(object)) all.push_back(std::move(*found));
    return all;
}

}
