#include "backup/stores/store.h"
#include "backup/stores/address.h"
#include "backup/stores/kinds.h"
#include "base/printable.h"
#include "sys/clock.h"
#include "sys/files/new_file.h"
#include "sys/http/client.h"
#include "sys/permit.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

struct StoreKind {
    StoreAddress::Kind kind;
    Result<std::unique_ptr<Store>> (*open)(const StoreAddress& address, const sys::Environment& environment,
                                           const Around& around);
};
constexpr StoreKind kinds[] = {{StoreAddress::Kind::file, open_file_store},
                               {StoreAddress::Kind::ssh, open_ssh_store},
                               {StoreAddress::Kind::s3, open_s3_store}};

// The one place that every change of every store passes: the check of whether this process may write at all goes here.
Result<void> may_change(const Store& store) { return sys::ask(sys::Act::change_store, store.shown()); }

bool is_plain_part(std::string_view part) {
    const auto is_usual = [](char c) { return c > ' ' && c < 0x7f && c != '\\'; };
    const auto splits = [](char c) { return c == '\\' || static_cast<unsigned char>(c) < ' '; };
    return !part.empty() && part[0] != '.' && part.size() <= 200 && part.find(sys::partial_mark) == part.npos &&
           (std::all_of(part.begin(), part.end(), is_usual) ||
            (printable(part) == part && std::none_of(part.begin(), part.end(), splits)));
}

}

bool is_object_name(std::string_view name) {
    for (std::string_view rest = name;;) {
        const auto slash = rest.find('/');
        if (!is_plain_part(rest.substr(0, slash))) return false;
        if (slash == rest.npos) return true;
        rest.remove_prefix(slash + 1);
    }
}

Result<void> check_object_name(std::string_view name) {
    if (is_object_name(name)) return {};
    return usage(fmt::format("'{}' is not the name of an object; write parts joined by '/', none of them empty, "
                             "beginning with a dot or longer than 200 bytes",
                             printable(name)));
}

Result<std::string> Store::read(const std::string& name, std::size_t limit) {
    const auto source = TRY(open(name));
    return sys::read_all(*source, limit, fmt::format("'{}' of {}", name, shown()));
}

Error no_object(std::string_view name, std::string_view store) {
    return no(
        fmt::format("there is no '{}' in {}; if somebody deleted it meanwhile, run the command again", name, store));
}

Result<void> Store::check_there() {
    const bool there = TRY(is_there());
    if (there) return {};
    return could_not(fmt::format("{} is not there; mount its disk, or correct its address; if no set was ever made "
                                 "there, run: fairlead-backup run",
                                 shown()));
}

Result<void> Store::make() {
    TRY_VOID(may_change(*this));
    return make_place();
}

Result<std::vector<Object>> Store::list(std::string_view prefix) {
    TRY_VOID(check_there());
    return list_objects(prefix);
}

Result<std::unique_ptr<sys::Sink>> Store::create(const std::string& name, std::optional<std::uint64_t> expected_bytes) {
    TRY_VOID(check_object_name(name));
    TRY_VOID(may_change(*this));
    return create_object(name, expected_bytes);
}

Result<void> Store::replace(const std::string& name, std::string_view bytes) {
    TRY_VOID(check_object_name(name));
    TRY_VOID(may_change(*this));
    return replace_object(name, bytes);
}

Result<void> Store::remove(const std::string& name) {
    TRY_VOID(check_object_name(name));
    TRY_VOID(may_change(*this));
    return remove_object(name);
}

Result<std::unique_ptr<Lease>> Store::lock(const std::string& who, std::chrono::seconds wait) {
    TRY_VOID(may_change(*this));
    return take_lock(who, wait);
}

Result<std::vector<std::string>> Store::sweep(std::chrono::seconds older_than) {
    TRY_VOID(may_change(*this));
    return sweep_objects(older_than);
}

Result<void> Store::write(const std::string& name, std::string_view bytes) {
    const auto sink = TRY(create(name, bytes.size()));
    TRY_VOID(sink->write(bytes));
    return sink->close();
}

Result<std::unique_ptr<Store>> store_of(std::string_view url, const sys::Environment& environment) {
    return store_of(url, environment, {sys::real_http(), sys::real_clock()});
}

Result<std::unique_ptr<Store>> store_of(std::string_view url, const sys::Environment& environment,
                                        const Around& around) {
    const auto address = TRY(parse_store(url));
    for (const auto& kind : kinds)
        if (kind.kind == address.kind) return kind.open(address, environment, around);
    return usage("a store of that kind can't be opened");
}

}
