#include "sys/git/mailmap.h"
#include "base/text.h"
#include "sys/git/state.h"

namespace fairlead::sys {

Signature signature_of(std::string_view headers, std::string_view who) {
    for (std::size_t at = 0; at < headers.size();) {
        const auto line = headers.substr(at, headers.find('\n', at) - at);
        at += line.size() + 1;
        if (!line.starts_with(who) || line.substr(who.size(), 1) != " ") continue;
        const auto rest = line.substr(who.size() + 1);
        const auto end = rest.rfind('>'), begin = rest.rfind('<', end);
        if (end == rest.npos || begin == rest.npos) return {std::string(trim(rest)), ""};
        return {std::string(trim(rest.substr(0, begin))), std::string(trim(rest.substr(begin + 1, end - begin - 1)))};
    }
    return {};
}

Mailmap::Mailmap() = default;

// Addresses are compared whatever their case, which libgit2 doesn't do.
Mailmap Mailmap::parse(std::string_view written) {
    git_libgit2_init();
    std::string text(written);
    bool in_address = false;
    for (char& c : text) {
        in_address = c == '<' || (in_address && c != '>');
        if (in_address) c = lower(std::string_view(&c, 1))[0];
    }
    Mailmap mailmap;
    git_mailmap* made = nullptr;
    if (git_mailmap_from_buffer(&made, text.data(), text.size()) == 0)
        mailmap.map_ = std::shared_ptr<void>(made, [](void* map) { git_mailmap_free(static_cast<git_mailmap*>(map)); });
    return mailmap;
}

Signature Mailmap::real(const Signature& written) const {
    const char *name = nullptr, *email = nullptr;
    const auto address = lower(written.email);
    if (!map_ || git_mailmap_resolve(&name, &email, static_cast<const git_mailmap*>(map_.get()), written.name.c_str(),
                                     address.c_str()) != 0)
        return written;
    return {name, email};
}

}
