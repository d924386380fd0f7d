#include "base/text.h"
#include "read/nginx/nginx.h"
#include <algorithm>
#include <iterator>
#include <numeric>

namespace fairlead::read {

namespace {

constexpr std::size_t in_effect_limit = 256; // more are asked about by each of many locations

std::size_t parent_key(std::optional<std::size_t> parent) { return parent ? *parent + 1 : 0; }

// Those of `name` in `block`: a part of by_name.
std::pair<const std::size_t*, const std::size_t*> range(const NginxFile& file, std::optional<std::size_t> block,
                                                        std::string_view name) {
    const auto before = [&](std::size_t index) { // -1 before, 0 in, 1 behind
        const NginxDirective& one = file.directives[index];
        const std::size_t mine = parent_key(one.parent), wanted = parent_key(block);
        if (mine != wanted) return mine < wanted ? -1 : 1;
        const int order = std::string_view(one.name()).compare(name);
        return order < 0 ? -1 : order > 0 ? 1 : 0;
    };
    const std::size_t* const first = file.by_name.data();
    const std::size_t* const last = first + file.by_name.size();
    const auto* low = std::partition_point(first, last, [&](std::size_t index) { return before(index) < 0; });
    const auto* high = std::partition_point(low, last, [&](std::size_t index) { return before(index) == 0; });
    return {low, high};
}

}

std::string_view NginxDirective::argument(std::size_t index) const {
    return index < count() ? std::string_view(words[index + 1].text) : std::string_view();
}

bool NginxDirective::has(std::string_view argument) const {
    return std::any_of(words.begin() + 1, words.end(), [&](const NginxWord& word) { return word.text == argument; });
}

void index_by_name(NginxFile& file) {
    file.by_name.resize(file.directives.size());
    std::iota(file.by_name.begin(), file.by_name.end(), std::size_t{0});
    std::stable_sort(file.by_name.begin(), file.by_name.end(), [&](std::size_t left, std::size_t right) {
        const NginxDirective& a = file.directives[left];
        const NginxDirective& b = file.directives[right];
        if (a.parent != b.parent) return parent_key(a.parent) < parent_key(b.parent);
        return a.name() < b.name();
    });
}

const NginxDirective* NginxFile::parent_of(const NginxDirective& directive) const {
    return directive.parent ? &directives[*directive.parent] : nullptr;
}

const NginxDirective* NginxFile::find(std::optional<std::size_t> block, std::string_view name) const {
    const auto [first, last] = range(*this, block, name);
    return first == last ? nullptr : &directives[*(last - 1)];
}

std::vector<const NginxDirective*> NginxFile::all(std::optional<std::size_t> block, std::string_view name) const {
    std::vector<const NginxDirective*> found;
    const auto [first, last] = range(*this, block, name);
    for (const auto* at = first; at != last; ++at) found.push_back(&directives[*at]);
    return found;
}

std::vector<const NginxDirective*> NginxFile::all(std::string_view name) const {
    std::vector<const NginxDirective*> found;
    for (const NginxDirective& directive : directives)
        if (directive.name() == name) found.push_back(&directive);
    return found;
}

bool NginxFile::within(const NginxDirective& directive, std::string_view block_name) const {
    for (const NginxDirective* at = parent_of(directive); at; at = parent_of(*at))
        if (at->name() == block_name) return true;
    return false;
}

std::vector<const NginxDirective*> NginxFile::in_effect(std::optional<std::size_t> block, std::string_view name) const {
    for (;; block = directives[*block].parent) {
        const auto [first, last] = range(*this, block, name);
        std::vector<const NginxDirective*> here;
        for (const auto* at = first; at != last && here.size() < in_effect_limit; ++at)
            here.push_back(&directives[*at]);
        if (!here.empty() || !block) return here;
    }
}

// As ngx_http_core_location(): the modifier may stand without a blank.
NginxLocation nginx_location(const NginxDirective& location) {
    using Kind = NginxLocation::Kind;
    constexpr std::pair<std::string_view, Kind> modifiers[] = {
        {"=", Kind::exact}, {"^~", Kind::prefix_first}, {"~*", Kind::regex}, {"~", Kind::regex}};
    const std::string_view first = location.argument(0);
    for (const auto& [modifier, kind] : modifiers) {
        if (location.count() > 1 && first == modifier) return {kind, std::string(location.argument(1))};
        if (location.count() == 1 && first.starts_with(modifier))
            return {kind, std::string(first.substr(modifier.size()))};
    }
    const std::string_view path = location.argument(location.count() > 1 ? 1 : 0);
    return {path.starts_with('@') ? Kind::named : Kind::prefix, std::string(path)};
}

NginxListen nginx_listen(const NginxDirective& listen) {
    NginxListen result{"", "80"};
    const std::string_view address = listen.argument(0);
    const auto is_port = [](std::string_view text) {
        return !text.empty() && text.find_first_not_of("0123456789-") == text.npos;
    };
    const std::size_t colon = address.rfind(':');
    const bool bracket_behind = colon != address.npos && address.find(']', colon) != address.npos; // [::1]
    if (address.starts_with("unix:")) {
        result.unix_socket = true;
        result.host = address.substr(5);
        result.port.clear();
    } else if (is_port(address)) {
        result.port = address;
    } else if (colon != address.npos && !bracket_behind) {
        result.host = address.substr(0, colon);
        result.port = address.substr(colon + 1);
    } else {
        result.host = address;
    }
    result.tls = listen.has("ssl") || listen.has("quic");
    result.by_default = listen.has("default_server") || listen.has("default");
    return result;
}

}
