#pragma once
#include <string>
#include <string_view>

// Makes links to a repository's pages on its host: GitHub (also Gitea and Forgejo, which use the same paths), GitLab,
// Bitbucket.
namespace fairlead::tag {

enum class Host { github, gitlab, bitbucket };
// Recognises the host by its name; an unknown name counts as GitHub.
Host host_of(std::string_view url);

struct WebLinks {
    std::string url; // https://github.com/acme/shop; empty: no links
    Host host = Host::github;

    // These return an empty text if there is no such page. Parameters are percent-encoded.
    std::string commit(std::string_view id) const;
    std::string comparison(std::string_view from, std::string_view to) const;
    std::string issue(std::string_view number) const;
    std::string pull(std::string_view number) const; // GitLab: merge request
    // Links to an issue of another repository ("group/project") on the same host; `mark`: '#', or GitLab's '!'.
    std::string elsewhere(std::string_view repository, char mark, std::string_view number) const;
};

// Converts git@github.com:a/b.git to https://github.com/a/b, without user, password, query and ssh port. A local path
// or a file gives an empty text.
std::string web_address(std::string_view remote);

}
