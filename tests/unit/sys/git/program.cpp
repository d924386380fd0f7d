#include "sys/git/program.h"
#include "support/catch.h"
#include "sys/git/refs.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead::sys;
using fairlead::test::Sandbox;

namespace {

std::string listed(std::initializer_list<std::string> entries) { // scope, key, value
    std::string text;
    for (const auto& entry : entries) text += entry + '\0';
    return text;
}

}

TEST_CASE("a key of the repository that starts a program is found, whatever stands between section and key") {
    for (const std::string key :
         {"core.sshcommand", "core.gitproxy", "core.askpass", "core.alternaterefscommand", "credential.helper",
          "credential.https://a.b/c.helper", "remote.origin.uploadpack", "remote.a.b.vcs", "remote.origin.proxy",
          "http.proxy", "http.https://github.com/.proxy", "http.https://x.cookiefile", "url.ext::sh -c x.insteadof"})
        for (const std::string scope : {"local", "worktree"}) {
            CHECK(refused_key(listed({scope, "core.bare\nfalse", scope, key + "\nvalue"})) == key);
            CHECK(refused_key(listed({scope, key})) == key); // a key without a value
        }
}

TEST_CASE("where it also signs and pushes, more keys start a program") {
    for (const std::string key : {"gpg.program", "gpg.ssh.program", "gpg.x509.program", "gpg.ssh.defaultkeycommand",
                                  "remote.origin.receivepack", "url.ext::sh.pushinsteadof"}) {
        CHECK(refused_key(listed({"local", key + "\nvalue"}), GitUse::release) == key);
        CHECK(refused_key(listed({"global", key + "\nvalue"}), GitUse::release).empty());
        CHECK(refused_key(listed({"local", key + "\nvalue"})).empty()); // a fetch never comes to it
    }
    CHECK(refused_key(listed({"local", "core.sshcommand\nx"}), GitUse::release) == "core.sshcommand");
    CHECK(refused_key(listed({"local", "gpg.format\nssh", "local", "user.signingkey\nkey", "local", "tag.gpgsign\ntrue",
                              "local", "url.https://a/.pushinsteadof\nb:"}),
                      GitUse::release)
              .empty());
}

TEST_CASE("the user's own configuration, and what says where from and who we are, is left alone") {
    for (const std::string scope : {"system", "global", "command"})
        CHECK(refused_key(listed({scope, "core.sshcommand\nssh -i key", scope, "credential.helper\nstore"})).empty());
    CHECK(refused_key(listed({"local", "http.https://github.com/.extraheader\nAUTHORIZATION: basic x", "local",
                              "url.https://github.com/.insteadof\ngit@github.com:", "local",
                              "remote.origin.url\ncore.sshcommand", "local", "remote.origin.fetch\n+refs/*:refs/*",
                              "local", "extensions.partialclone\norigin", "local", "user.name\nlocal"}))
              .empty());
    CHECK(refused_key("").empty());
}

TEST_CASE("the commit of HEAD is read without starting git") {
    Sandbox sandbox;
    CHECK_FALSE(head_of(sandbox.folder).has_value());
    const auto first = sandbox.commit("one");
    sandbox.shell("mkdir -p a/b");
    CHECK(head_of(sandbox.folder + "/a/b") == first);
    const auto second = sandbox.commit("two");
    sandbox.git("pack-refs --all");
    CHECK(head_of(sandbox.folder) == second);
    sandbox.git("worktree add -q linked HEAD~1");
    CHECK(head_of(sandbox.folder + "/linked") == first);
    sandbox.git("checkout -q --detach HEAD~1");
    CHECK(head_of(sandbox.folder) == first);
    sandbox.shell("echo nonsense >.git/HEAD");
    CHECK_FALSE(head_of(sandbox.folder).has_value());
    CHECK_FALSE(head_of("/").has_value());
}
