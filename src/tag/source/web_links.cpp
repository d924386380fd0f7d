#include "tag/source/web_links.h"
#include "base/text.h"
#include "base/url.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

std::string encoded(std::string_view name) { return replace_all(percent_encode(name), "%2F", "/"); }

std::string_view cut(std::string_view text, std::string_view ending) {
    return text.ends_with(ending) ? text.substr(0, text.size() - ending.size()) : text;
}

// host and path as an address; what could end a link or a label in markdown is encoded.
std::string address(std::string_view scheme, std::string_view host, std::string_view path) {
    constexpr auto of_hosts = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
    if (host.empty() || path.empty() || host.find_first_not_of(of_hosts) != host.npos) return {};
    while (path.starts_with('/')) path.remove_prefix(1);
    path = path.substr(0, path.find_first_of("?#"));
    while (path.ends_with('/')) path.remove_suffix(1);
    std::string result = fmt::format("{}://{}/", scheme, host);
    for (const char c : cut(path, ".git")) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) ||
                           std::string_view("-._~/%+@:").find(c) != std::string_view::npos;
        result += plain ? std::string(1, c) : percent_encode(std::string(1, c));
    }
    return result;
}

}

Host host_of(std::string_view text) {
    const auto url = parse_url(text);
    const auto host = url.ok() ? url->authority() : lower(text);
    if (host.find("gitlab") != host.npos) return Host::gitlab;
    return host == "bitbucket.org" ? Host::bitbucket : Host::github;
}

std::string WebLinks::commit(std::string_view id) const {
    if (url.empty()) return {};
    constexpr std::string_view folders[] = {"commit", "-/commit", "commits"};
    return fmt::format("{}/{}/{}", url, folders[static_cast<std::size_t>(host)], id);
}

std::string WebLinks::comparison(std::string_view from, std::string_view to) const {
    if (url.empty() || from.empty() || to.empty()) return {};
    if (host == Host::bitbucket) return fmt::format("{}/branches/compare/{}%0D{}", url, encoded(to), encoded(from));
    return fmt::format("{}/{}compare/{}...{}", url, host == Host::gitlab ? "-/" : "", encoded(from), encoded(to));
}

std::string WebLinks::issue(std::string_view number) const {
    if (url.empty() || host == Host::bitbucket) return {}; // its pull requests have numbers of their own
    return fmt::format("{}/{}issues/{}", url, host == Host::gitlab ? "-/" : "", number);
}

std::string WebLinks::pull(std::string_view number) const {
    if (url.empty() || host == Host::github) return issue(number); // GitHub and Gitea lead on from there
    return fmt::format("{}/{}/{}", url, host == Host::gitlab ? "-/merge_requests" : "pull-requests", number);
}

std::string WebLinks::elsewhere(std::string_view repository, char mark, std::string_view number) const {
    const auto slash = url.find('/', url.find("://") + 3);
    if (url.empty() || slash == url.npos) return {};
    const WebLinks other{url.substr(0, slash + 1) + std::string(repository), host};
    return mark == '!' ? other.pull(number) : other.issue(number);
}

std::string web_address(std::string_view remote) {
    if (remote.find("://") == remote.npos) { // git@host:path; one letter is a drive
        const auto colon = remote.find(':');
        if (colon == remote.npos || remote.find('/') < colon) return {};
        auto host = remote.substr(0, colon);
        host.remove_prefix(std::min(host.rfind('@') + 1, host.size()));
        return host.size() > 1 ? address("https", host, remote.substr(colon + 1)) : std::string();
    }
    const auto url = parse_url(replace_all(remote, " ", "%20"));
    if (!url.ok() || url->scheme == "file") return {};
    const bool web = url->scheme == "http" || url->scheme == "https";
    // User and password are nobody's business, and a port of ssh or git is none of the web's.
    return address(url->scheme == "http" ? "http" : "https", web ? url->authority() : url->host, url->path);
}

}
