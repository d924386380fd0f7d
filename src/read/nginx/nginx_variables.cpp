#include "read/nginx/nginx_variables.h"
#include "base/text.h"
#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>

namespace fairlead::read {

namespace {

constexpr int variable_depth = 16;
constexpr std::size_t source_limit = 64; // of one variable
constexpr std::size_t part_limit = 64;
constexpr std::size_t anywhere = ~std::size_t{0};

struct KnownVariable { // nginx's own; a name that ends in _ stands for all that begin so
    std::string_view name;
    bool decoded; // %0a became a line feed
    bool begins_slash;
};
constexpr KnownVariable from_client[] = {
    {"uri", true, true},
    {"document_uri", true, true},
    {"request_filename", true, true},
    {"fastcgi_script_name", true, true},
    {"fastcgi_path_info", true, true},
    {"request_uri", false, true},
    {"args", false, false},
    {"query_string", false, false},
    {"request", false, false},
    {"request_body", true, false},
    {"host", false, false},
    {"http_", false, false},
    {"arg_", false, false},
    {"cookie_", false, false},
    {"content_type", false, false},
    {"remote_user", false, false},
    {"ssl_server_name", false, false},
    {"ssl_preread_server_name", false, false},
};

Bytes undecoded() { // what a request line or a header can hold
    Bytes bytes;
    bytes.set();
    for (const char c : {'\0', '\r', '\n'}) bytes.reset(static_cast<unsigned char>(c));
    return bytes;
}

NginxContents own(std::string_view name) {
    for (const KnownVariable& row : from_client)
        if (name == row.name || (row.name.ends_with('_') && name.starts_with(row.name)))
            return {true, row.decoded ? Bytes().set() : undecoded(), row.begins_slash};
    return {};
}

void join(NginxContents& all, const NginxContents& one, bool first) {
    all.client = all.client || one.client;
    all.may |= one.may;
    all.ends_host = one.ends_host && (first || all.ends_host);
}

bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::optional<std::size_t> number_of(std::string_view variable) {
    if (variable.size() != 1 || variable[0] < '1' || variable[0] > '9') return std::nullopt;
    return static_cast<std::size_t>(variable[0] - '0');
}

bool begins_with_tilde(std::string_view text) { return text.starts_with('~'); }

std::string_view without_tilde(std::string_view text) {
    text.remove_prefix(text.starts_with("~*") ? 2 : 1);
    return text;
}

}

std::vector<NginxPart> nginx_parts(std::string_view value) {
    std::vector<NginxPart> parts;
    std::string text;
    const auto put = [&](std::string_view variable) {
        if (!text.empty()) parts.push_back({std::exchange(text, {}), {}});
        if (!variable.empty()) parts.push_back({{}, lower(variable)});
    };
    for (std::size_t at = 0; at < value.size();) {
        const bool braces = value.substr(at, 2) == "${";
        const std::size_t from = at + (braces ? 2 : 1);
        std::size_t end = from;
        if (value[at] == '$') {
            if (!braces && end < value.size() && value[end] >= '1' && value[end] <= '9')
                ++end;
            else
                while (end < value.size() && is_name_part(value[end])) ++end;
        }
        if (value[at] != '$' || end == from) {
            text += value[at++];
            continue;
        }
        put(value.substr(from, end - from));
        at = end + (braces && end < value.size() && value[end] == '}' ? 1 : 0);
    }
    put("");
    return parts;
}

std::string nginx_pattern(const NginxDirective& directive) {
    if (directive.name() == "location") {
        NginxLocation location = nginx_location(directive);
        return location.kind == NginxLocation::Kind::regex ? std::move(location.path) : "";
    }
    if (directive.name() == "rewrite") return std::string(directive.argument(0));
    if (directive.name() == "server_name") {
        for (std::size_t at = 0; at < directive.count(); ++at)
            if (begins_with_tilde(directive.argument(at))) return std::string(without_tilde(directive.argument(at)));
        return "";
    }
    if (directive.name() == "if") { // if ($uri ~* "^/(.*)"): the brackets are a part of the words, or words
        for (std::size_t at = 0; at + 1 < directive.count(); ++at) {
            const std::string_view word = directive.argument(at);
            if (word != "~" && word != "~*" && word != "!~" && word != "!~*") continue;
            std::string_view pattern = directive.argument(at + 1);
            const bool last = at + 2 == directive.count() && !directive.words[at + 2].quoted;
            if (last && pattern.ends_with(')')) pattern.remove_suffix(1);
            return std::string(pattern);
        }
        return "";
    }
    const bool entry = directive.context == NginxContext::entries && begins_with_tilde(directive.name());
    return entry ? std::string(without_tilde(directive.name())) : "";
}

NginxVariables::NginxVariables(const NginxFile& file) : file_(file) {
    for (std::size_t index = 0; index < file.directives.size(); ++index) learn(index);
}

void NginxVariables::learn(std::size_t index) {
    const NginxDirective& directive = file_.directives[index];
    const std::string& name = directive.name();
    if ((name == "set" && directive.count() == 2) || (name == "map" && directive.block && directive.count() == 2)) {
        const std::string_view variable = directive.argument(name == "set" ? 0 : 1);
        if (variable.starts_with('$')) sources_[lower(variable.substr(1))].push_back({index, 0, {}});
        return;
    }
    learn_names(index, nginx_pattern(directive));
}

void NginxVariables::learn_names(std::size_t index, std::string_view pattern) {
    if (pattern.find("(?") == pattern.npos) return;
    const auto groups = regex_groups(pattern);
    for (std::size_t group = 1; group < groups.size(); ++group)
        if (!groups[group].name.empty())
            sources_[lower(groups[group].name)].push_back({index, group, std::string(pattern)});
}

// What a directive defines is seen in its block and inside; of an if also behind it; of http everywhere.
bool NginxVariables::sees(const NginxDirective& user, std::size_t definition) const {
    const NginxDirective& directive = file_.directives[definition];
    if (&directive == &user && user.name() == "rewrite") return false; // a rewrite's own captures: nginx escapes them
    if (directive.context == NginxContext::http || directive.context == NginxContext::entries) return true;
    std::optional<std::size_t> scope = directive.name() == "location" ? std::optional(definition) : directive.parent;
    while (scope && file_.directives[*scope].name() == "if") scope = file_.directives[*scope].parent;
    if (!scope) return true;
    for (const NginxDirective* at = &user; at; at = file_.parent_of(*at))
        if (at == &file_.directives[*scope]) return true;
    return false;
}

std::vector<const NginxVariables::Source*> NginxVariables::sources(std::string_view variable,
                                                                   const NginxDirective& user) const {
    std::vector<const Source*> found;
    const auto all = sources_.find(variable);
    if (all == sources_.end()) return found;
    const auto& list = all->second;
    for (std::size_t at = 0; at < std::min(list.size(), source_limit); ++at)
        if (sees(user, list[at].directive)) found.push_back(&list[at]);
    return found;
}

NginxContents NginxVariables::contents(std::string_view variable, const NginxDirective& user) {
    return of(variable, user, 0);
}

NginxContents NginxVariables::of(std::string_view variable, const NginxDirective& user, int depth) {
    if (const auto number = number_of(variable)) return of_number(*number, user, depth);
    const auto found = sources(variable, user);
    if (found.empty()) return own(variable);
    const std::pair key(std::string(variable), user.parent.value_or(anywhere));
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    NginxContents all;
    if (depth > variable_depth || !open_.insert(key).second) return all; // in a circle
    for (std::size_t at = 0; at < found.size(); ++at) join(all, of_source(*found[at], depth + 1), at == 0);
    open_.erase(key);
    known_[key] = all;
    return all;
}

NginxContents NginxVariables::of_source(const Source& source, int depth) {
    const NginxDirective& directive = file_.directives[source.directive];
    if (source.group != 0) return of_capture(source.directive, source.pattern, source.group, depth);
    return directive.name() == "map" ? of_map(directive, depth) : of_value(directive.argument(1), directive, depth);
}

NginxContents NginxVariables::of_map(const NginxDirective& map, int depth) {
    NginxContents all;
    for (std::size_t at = 0; at < std::min(map.children.size(), source_limit); ++at) {
        const NginxDirective& entry = file_.directives[map.children[at]];
        if (entry.count() == 1 && entry.name() != "include")
            join(all, of_value(entry.argument(0), entry, depth), at == 0);
    }
    return all;
}

NginxContents NginxVariables::of_value(std::string_view value, const NginxDirective& user, int depth) {
    NginxContents all;
    all.ends_host = value.empty();
    bool first = true;
    for (const NginxPart& part : nginx_parts(value)) {
        NginxContents one;
        if (part.variable.empty())
            one.ends_host = part.text.starts_with('/') || part.text.starts_with('?');
        else
            one = of(part.variable, user, depth);
        const bool slash = first ? one.ends_host : all.ends_host;
        join(all, one, first);
        all.ends_host = slash;
        first = false;
    }
    return all;
}

// What the expression is matched with: the path, but for if and map, which name it, and server_name.
NginxContents NginxVariables::of_capture(std::size_t definition, const std::string& pattern, std::size_t group,
                                         int depth) {
    const NginxDirective& directive = file_.directives[definition];
    NginxContents source = own("uri");
    if (directive.name() == "server_name") source = own("host");
    const NginxDirective* parent = file_.parent_of(directive);
    if (directive.name() == "if") {
        std::string_view left = directive.argument(0);
        if (left == "(") left = directive.argument(1);
        if (left.starts_with('(')) left.remove_prefix(1);
        source = of_value(left, directive, depth + 1);
    } else if (directive.context == NginxContext::entries && parent) {
        source = of_value(parent->argument(0), *parent, depth + 1);
    }
    const auto groups = regex_groups(pattern);
    if (group >= groups.size()) return {};
    return {source.client, source.may & groups[group].may, groups[group].begins_slash};
}

// $1 is of the expression that was matched last: the innermost one around.
NginxContents NginxVariables::of_number(std::size_t group, const NginxDirective& user, int depth) {
    if (depth > variable_depth || user.name() == "rewrite") return {}; // its own: nginx escapes them
    for (const NginxDirective* at = &user; at; at = file_.parent_of(*at)) {
        if (at->name() == "server") {
            const NginxDirective* name = file_.find(file_.index_of(*at), "server_name");
            const std::string pattern = name ? nginx_pattern(*name) : "";
            return pattern.empty() ? NginxContents{} : of_capture(file_.index_of(*name), pattern, group, depth + 1);
        }
        const std::string pattern = nginx_pattern(*at);
        if (!pattern.empty()) return of_capture(file_.index_of(*at), pattern, group, depth + 1);
    }
    return {};
}

std::vector<NginxPart> NginxVariables::flat(std::string_view value, const NginxDirective& user) const {
    std::vector<NginxPart> done;
    struct Left {
        NginxPart part;
        int depth;
    };
    std::vector<Left> left;
    const auto push = [&](std::string_view text, int depth) {
        auto parts = nginx_parts(text);
        for (auto part = parts.rbegin(); part != parts.rend(); ++part) left.push_back({std::move(*part), depth});
    };
    push(value, 0);
    while (!left.empty() && done.size() < part_limit) {
        const Left next = std::move(left.back());
        left.pop_back();
        const auto from = next.part.variable.empty() ? std::vector<const Source*>{} : sources(next.part.variable, user);
        const bool single = from.size() == 1 && file_.directives[from[0]->directive].name() == "set";
        if (single && next.depth < variable_depth && left.size() < part_limit)
            push(file_.directives[from[0]->directive].argument(1), next.depth + 1);
        else
            done.push_back(next.part);
    }
    return done;
}

}
