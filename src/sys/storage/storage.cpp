#include "sys/storage/storage.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/storage/kinds.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::sys {
namespace {

struct StorageKind {
    std::string_view scheme;
    Result<std::unique_ptr<Storage>> (*open)(std::string_view address);
};
constexpr StorageKind kinds[] = {{"file", open_file_storage}};

bool is_plain_part(std::string_view part) {
    const auto splits = [](char c) { return c == '\\' || static_cast<unsigned char>(c) < ' '; };
    return !part.empty() && part[0] != '.' && printable(part) == part && std::none_of(part.begin(), part.end(), splits);
}

}

Result<void> check_object_name(std::string_view name) {
    for (std::string_view rest = name;;) {
        const auto slash = rest.find('/');
        if (!is_plain_part(rest.substr(0, slash)))
            return usage(fmt::format("'{}' is not the name of an object; write parts joined by '/', none of them empty "
                                     "or beginning with a dot",
                                     printable(name)));
        if (slash == rest.npos) return {};
        rest.remove_prefix(slash + 1);
    }
}

Result<std::unique_ptr<Storage>> open_storage(std::string_view address) {
    const auto mark = address.find("://");
    const auto scheme = mark == address.npos ? "file" : address.substr(0, mark);
    const auto kind = std::find_if(std::begin(kinds), std::end(kinds),
                                   [&](const StorageKind& known) { return known.scheme == scheme; });
    if (kind != std::end(kinds)) return kind->open(address);
    std::vector<std::string> known;
    for (const auto& one : kinds) known.emplace_back(one.scheme);
    return usage(fmt::format("storage '{}' is unknown; expected {} or a path", printable(scheme), one_of(known)));
}

}
