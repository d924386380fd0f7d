#pragma once
#include <string>
#include <string_view>

// Pages of a repository on the host that it is kept at: GitHub (Gitea and Forgejo have the same), GitLab, Bitbucket.
namespace fairlead::tag {

enum class Host { github, gitlab, bitbucket };
// By the name of the host; one that does not tell is taken for GitHub.
Host host_of(std::string_view url);

struct WebLinks {
    std::string url; // https://github.com/acme/shop; empty: no links
    Host host = Host::github;

    // Empty where there is no such page. What is foreign in them is percent-encoded.
    std::string commit(std::string_view id) const;
    std::string comparison(std::string_view from, std::string_view to) const;
    std::string issue(std::string_view number) const;
    std::string pull(std::string_view number) const; // GitLab: merge request
    // The issue of another repository ("group/project") on the same host; `mark`: '#', or '!' of GitLab.
    std::string elsewhere(std::string_view repository, char mark, std::string_view number) const;
};

// git@github.com:a/b.git gives https://github.com/a/b; without user, password, query and the port of ssh. A path or a
// file gives nothing.
std::string web_address(std::string_view remote);

}
