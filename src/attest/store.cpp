#include "attest/store.h"
#include "report/kept.h"
#include "sys/digest.h"
#include <fmt/format.h>

namespace fairlead::attest {
namespace {

constexpr std::string_view ending = ".json";
constexpr std::size_t digits = 64;

Stored read_one(const sys::Root& store, const std::string& id) {
    const auto info = store.inspect(stored_name(id), sys::Links::refused);
    if (!info.ok()) return {id, "", info.error().message};
    if (info->type != sys::FileType::file) return {id, "", "it is not a regular file"};
    if (info->size > largest_stored) return {id, "", fmt::format("it is larger than {} KiB", largest_stored >> 10)};
    auto bytes = store.read(stored_name(id), largest_stored, sys::Links::refused);
    if (!bytes.ok()) return {id, "", bytes.error().message};
    const bool whole = sys::sha256(bytes.value()) == id;
    return {id, std::move(bytes).value(),
            whole ? "" : "its content was changed: the name is the SHA-256 of other bytes"};
}

}

std::string stored_name(std::string_view id) { return std::string(id) + std::string(ending); }

std::string stored_id(std::string_view name) {
    if (!name.ends_with(ending)) return {};
    name.remove_suffix(ending.size());
    const bool is_id = name.size() == digits && name.find_first_not_of("0123456789abcdef") == name.npos;
    return is_id ? std::string(name) : std::string();
}

Result<sys::Root> make_store(const std::string& folder, const std::string& store) {
    if (store.starts_with(".fairlead/")) return report::make_ignored_folder(folder, store);
    const auto tree = TRY(sys::Root::open(folder));
    return tree.make_folders(store, 0700, sys::Links::refused);
}

Result<std::string> add_stored(const sys::Root& store, std::string_view envelope) {
    if (envelope.size() > largest_stored)
        return no(fmt::format("a signed verdict is larger than {} KiB", largest_stored >> 10));
    auto id = sys::sha256(envelope);
    const auto there = TRY(store.inspect(stored_name(id), sys::Links::refused));
    if (there.type == sys::FileType::absent)
        TRY_VOID(store.write(stored_name(id), envelope, 0600, sys::Sync::yes, sys::Links::refused));
    return id;
}

Result<std::vector<Stored>> read_store(const std::string& folder, const std::string& store) {
    std::vector<Stored> all;
    const auto as_no = [](const Error& error) { return no(error.message); };
    const auto tree = sys::Root::open(folder);
    if (!tree.ok()) return as_no(tree.error());
    const auto info = tree->inspect(store, sys::Links::refused);
    if (!info.ok()) return as_no(info.error());
    if (info->type == sys::FileType::absent) return all;
    const auto opened = tree->below(store, sys::Links::refused);
    if (!opened.ok()) return as_no(opened.error());
    const auto entries = opened->list(".", sys::Links::refused);
    if (!entries.ok()) return as_no(entries.error());
    for (const auto& entry : entries.value()) {
        const auto id = stored_id(entry.name);
        if (id.empty()) continue;
        if (all.size() == most_stored)
            return no(
                fmt::format("'{}' holds more than {} signed verdicts; move the oldest elsewhere", store, most_stored));
        all.push_back(read_one(opened.value(), id));
    }
    return all;
}

Result<void> remove_stored(const std::string& folder, const std::string& store, const std::vector<std::string>& ids) {
    if (ids.empty()) return {};
    const auto tree = TRY(sys::Root::open(folder));
    const auto opened = TRY(tree.below(store, sys::Links::refused));
    for (const auto& id : ids) TRY_VOID(opened.remove(stored_name(id), sys::Links::refused));
    return {};
}

}
