#include "backup/stores/address.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <initializer_list>
#include <map>
#include <utility>
#include <vector>

namespace fairlead::backup {
namespace {

constexpr std::string_view kinds_known = "file:/PATH, ssh://HOST/PATH or s3://BUCKET/PREFIX";

using AddressParameters = std::map<std::string, std::string>;

Result<AddressParameters> parameters(const Url& url, std::initializer_list<std::string> known) {
    AddressParameters found;
    if (!url.fragment.empty()) return usage("a store's URL has no part after '#'; write %23");
    if (url.query.empty()) return found;
    for (const auto& part : split(url.query, '&')) {
        const auto equals = std::min(part.find('='), part.size());
        const auto name = part.substr(0, equals);
        if (sounds_secret(name))
            return usage(
                fmt::format("a store's URL takes no secret ('{}'); set it in the environment", printable(name)));
        const std::vector<std::string> words(known);
        if (std::find(words.begin(), words.end(), name) == words.end())
            return usage(fmt::format("a store's URL takes no '{}'; expected {}", printable(name), one_of(words)));
        const auto value = equals < part.size() ? percent_decode(part.substr(equals + 1)) : "";
        if (value.empty()) return usage(fmt::format("'{}' of a store's URL is empty", name));
        if (one_line(value) != value)
            return usage(fmt::format("'{}' of a store's URL holds control characters or is not UTF-8", name));
        if (!found.emplace(name, value).second) return usage(fmt::format("a store's URL has '{}' twice", name));
    }
    return found;
}

bool is_name(std::string_view text, std::string_view besides) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               besides.find(c) != besides.npos;
    });
}

Result<void> check_text(std::string_view path) {
    if (one_line(path) == path) return {};
    return usage("a store's path holds control characters or is not UTF-8");
}

// Neither `..` nor what steers a terminal.
Result<std::string> plain_path(std::string_view encoded) {
    auto path = percent_decode(encoded);
    for (const auto& part : split(path, '/'))
        if (part == "..") return usage("a store's path can't contain '..'; write the path that it leads to");
    TRY_VOID(check_text(path));
    return path;
}

// Without what means nothing.
std::vector<std::string> plain_parts(std::string_view path) {
    auto parts = split(path, '/');
    std::erase_if(parts, [](const auto& part) { return part.empty() || part == "."; });
    return parts;
}

Result<StoreAddress> folder_store(std::string_view path) {
    if (path.empty()) return usage("a store of kind file needs a path; write file:/PATH");
    TRY_VOID(check_text(path));
    StoreAddress address;
    std::error_code error;
    address.path = std::filesystem::absolute(path, error).lexically_normal().string();
    if (error) return could_not("the working folder can't be found: " + error.message());
    while (address.path.size() > 1 && address.path.ends_with('/')) address.path.pop_back();
    return address;
}

Result<StoreAddress> file_store(std::string_view path) {
    if (path.starts_with("//")) {
        if (!path.starts_with("///")) return usage("a store of kind file has no host; write file:/PATH");
        path.remove_prefix(2);
    }
    const auto plain = TRY(plain_path(path));
    return folder_store(plain);
}

Result<StoreAddress> ssh_store(const Url& url) {
    StoreAddress address{.kind = StoreAddress::Kind::ssh};
    if (!url.password.empty()) return usage("a password in a store's URL has no effect; log in with a key or an agent");
    address.user = percent_decode(url.user);
    address.host = url.host;
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    // Both become words of ssh's command line, and parts of what its configuration may start.
    if (!is_name(address.host, ".-_:") || address.host.starts_with('-'))
        return usage("the host of a store's URL is not valid");
    if (!url.user.empty() && (!is_name(address.user, ".-_") || address.user.starts_with('-')))
        return usage("the user of a store's URL is not valid; expected letters, digits and ._-");
    address.port = url.port;
    const auto path = TRY(plain_path(url.path));
    auto parts = plain_parts(path);
    if (parts.empty()) return usage("a store of kind ssh needs a path; write ssh://HOST/PATH, or ssh://HOST/~/PATH");
    const bool from_home = parts.front() == "~";
    if (from_home) parts.erase(parts.begin());
    address.path = from_home ? (parts.empty() ? "." : join(parts, "/")) : "/" + join(parts, "/");
    auto found = TRY(parameters(url, {"config"}));
    address.config = found["config"];
    return address;
}

Result<StoreAddress> s3_store(const Url& url) {
    StoreAddress address{.kind = StoreAddress::Kind::s3};
    if (!url.password.empty() || !url.user.empty())
        return usage("keys in a store's URL can be read by all; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    if (!url.port.empty()) return usage("a bucket has no port; name the server by ?endpoint=http://HOST:PORT");
    if (!is_name(url.host, ".-") || url.host.size() < 3 || url.host.size() > 63)
        return usage("the bucket of a store's URL is not valid; expected 3 to 63 letters, digits and .-");
    address.bucket = url.host;
    const auto path = TRY(plain_path(url.path));
    address.path = join(plain_parts(path), "/");
    auto found = TRY(parameters(url, {"endpoint", "region"}));
    address.region = found["region"];
    if (!address.region.empty() && !is_name(address.region, "-_"))
        return usage("the region of a store's URL is not valid");
    address.endpoint = found["endpoint"];
    while (address.endpoint.ends_with('/')) address.endpoint.pop_back();
    if (address.endpoint.empty()) return address;
    TRY_VOID(check_endpoint(address.endpoint));
    return address;
}

std::string encoded(std::string_view path) {
    auto parts = split(path, '/');
    for (auto& part : parts) part = percent_encode(part);
    return join(parts, "/");
}

std::string with_parameters(std::string url, std::initializer_list<std::pair<std::string_view, std::string>> named) {
    char mark = '?';
    for (const auto& [name, value] : named) {
        if (value.empty()) continue;
        url += fmt::format("{}{}={}", std::exchange(mark, '&'), name, value);
    }
    return url;
}

}

Result<void> check_endpoint(const std::string& endpoint) {
    const auto url = TRY(parse_url(endpoint));
    if (url.scheme != "http" && url.scheme != "https")
        return usage("the endpoint of a store's URL is not valid; expected https://HOST[:PORT]");
    if (!url.user.empty() || !url.password.empty() || !url.query.empty() || !url.fragment.empty() ||
        (!url.path.empty() && url.path != "/"))
        return usage("the endpoint of a store's URL is scheme, host and port only; expected https://HOST[:PORT]");
    return {};
}

std::string StoreAddress::shown() const {
    switch (kind) {
    case Kind::file: return "file:" + encoded(path);
    case Kind::ssh: {
        const bool is_v6 = host.find(':') != host.npos;
        const auto from_root = path.starts_with('/') ? encoded(path) : "/~/" + encoded(path);
        return with_parameters(fmt::format("ssh://{}{}{}{}{}{}{}{}", user, user.empty() ? "" : "@", is_v6 ? "[" : "",
                                           host, is_v6 ? "]" : "", port.empty() ? "" : ":", port, from_root),
                               {{"config", encoded(config)}});
    }
    case Kind::s3:
        return with_parameters(fmt::format("s3://{}{}{}", bucket, path.empty() ? "" : "/", encoded(path)),
                               {{"endpoint", endpoint}, {"region", region}});
    }
    return {};
}

Result<StoreAddress> parse_store(std::string_view text) {
    register_url(text);
    if (text.empty()) return usage(fmt::format("a store is empty; expected {}", kinds_known));
    const auto colon = text.find(':');
    const auto scheme = lower(text.substr(0, colon));
    if (colon == text.npos || text.find('/') < colon) return folder_store(text);
    if (scheme == "file") return file_store(text.substr(colon + 1));
    if (scheme != "ssh" && scheme != "s3")
        return usage(fmt::format("the kind of a store, '{}', is unknown; expected {}", printable(scheme), kinds_known));
    auto url = parse_url(text);
    if (!url.ok()) return usage(fmt::format("a store's URL is not valid: {}", url.error().message));
    return scheme == "ssh" ? ssh_store(url.value()) : s3_store(url.value());
}

std::string from_folder(const std::string& text, const std::string& folder) {
    const auto colon = text.find(':');
    const bool is_path = colon == text.npos || text.find('/') < colon;
    if (is_path) return text.empty() || text[0] == '/' ? text : folder + "/" + text;
    if (lower(text.substr(0, colon)) != "file" || text.substr(colon + 1).starts_with('/')) return text;
    return "file:" + encoded(folder) + "/" + text.substr(colon + 1);
}

}
