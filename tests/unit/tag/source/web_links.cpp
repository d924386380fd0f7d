#include "tag/source/web_links.h"
#include "support/catch.h"

using namespace fairlead::tag;

TEST_CASE("a remote's address as a web page, without what is secret in it") {
    CHECK(web_address("git@github.com:acme/shop.git") == "https://github.com/acme/shop");
    CHECK(web_address("github.com:/acme/shop") == "https://github.com/acme/shop");
    CHECK(web_address("https://user:word@example.org/a/b.git/") == "https://example.org/a/b");
    CHECK(web_address("https://user:w@rd@example.org:8443/a/b?token=word#x") == "https://example.org:8443/a/b");
    CHECK(web_address("http://example.org/a") == "http://example.org/a");
    CHECK(web_address("ssh://git@example.org:2222/a/b") == "https://example.org/a/b");
    CHECK(web_address("git://[::1]:9418/a") == "https://[::1]/a");
    CHECK(web_address("https://example.org/a)b c") == "https://example.org/a%29b%20c");
    for (const auto* no_page :
         {"/srv/git/a.git", "file:///srv/a", "../a:b", "C:\\a", "", "https://example.org", "https://a)b/c"})
        CHECK(web_address(no_page) == "");
}

TEST_CASE("each host has its own pages") {
    struct Row {
        const char *url, *commit, *comparison, *issue;
    };
    for (const Row& row :
         {Row{"https://git.example.org/a/b", "/commit/0a", "/compare/v1...w/v2%20", "/issues/7"},
          Row{"https://GitLab.example.org/a/b", "/-/commit/0a", "/-/compare/v1...w/v2%20", "/-/issues/7"},
          Row{"https://bitbucket.org/a/b", "/commits/0a", "/branches/compare/w/v2%20%0Dv1", ""}}) {
        const WebLinks links{row.url, host_of(row.url)};
        const std::string url = row.url, issue = row.issue;
        CHECK(links.commit("0a") == url + row.commit);
        CHECK(links.comparison("v1", "w/v2 ") == url + row.comparison);
        CHECK(links.issue("7") == (issue.empty() ? issue : url + issue));
        CHECK(links.comparison("", "v2").empty());
    }
    CHECK(WebLinks{}.commit("0a").empty());
}
