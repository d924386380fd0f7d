#include "deploy/policy/bad.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "ledger/checked.h"
#include "ledger/files.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr std::size_t longest_reason = 500; // of what is shown of a member

constexpr std::pair<const char*, std::string Bad::*> bad_members[] = {
    {"release", &Bad::release}, {"deployment", &Bad::deployment}, {"reason", &Bad::reason}, {"since", &Bad::since}};

// Digests come from records that others may have written: nothing but a name.
Result<sys::Path> file_of(const sys::Path& folder, const std::string& digest) {
    const bool plain = !digest.empty() && digest.size() <= 128 && std::all_of(digest.begin(), digest.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == ':';
    });
    if (!plain) return could_not(fmt::format("'{}' is not the digest of a release", one_line(digest)));
    return folder / "bad" / (digest + ".json");
}

}

Result<void> mark_bad(const sys::Path& folder, const std::string& digest, const Bad& why) {
    const auto file = TRY(file_of(folder, digest));
    TRY_VOID(sys::make_folders(file.parent_path(), ledger::folder_mode));
    sys::Json object{{"schema", 1}};
    for (const auto& [name, member] : bad_members) object[name] = why.*member;
    object["reason"] = mask(why.reason); // it may quote somebody
    return sys::write_file(file, ledger::checked_text(std::move(object), ledger::whose(folder)), ledger::file_mode);
}

Result<void> unmark_bad(const sys::Path& folder, const std::string& digest) {
    const auto file = TRY(file_of(folder, digest));
    return sys::remove_tree(file);
}

Result<std::optional<Bad>> bad(const sys::Path& folder, const std::string& digest) {
    const auto named = file_of(folder, digest);
    if (!named.ok()) return std::optional<Bad>(); // no mark has such a name
    const auto& file = named.value();
    if (sys::inspect(file).type == sys::FileType::absent) return std::optional<Bad>();
    const auto text = TRY(sys::read_file(file, 1u << 20));
    const auto object = sys::parse_json(text, file.string());
    Bad found;
    for (const auto& [name, member] : bad_members)
        if (object.ok() && object->is_object() && object->contains(name) && object.value()[name].is_string())
            found.*member = one_line(object.value()[name].get<std::string>()).substr(0, longest_reason);
    if (found.reason.empty()) found.reason = "the mark gives no reason";
    return std::optional(found);
}

Result<void> check_bad(const sys::Path& folder, const std::string& release, const std::string& digest) {
    const auto found = TRY(bad(folder, digest));
    if (!found) return {};
    return no(fmt::format("release {} is marked bad{}: {}; fix the release, or say --retry-bad", one_line(release),
                          found->since.empty() ? "" : " since " + found->since, found->reason));
}

}
