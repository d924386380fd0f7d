#include "sys/git/publish.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "sys/git/program.h"
#include <fmt/format.h>

namespace fairlead::sys {

namespace {

constexpr std::string_view tags = "refs/tags/";

// A guess as root@runner is nobody.
const std::vector<std::string> no_guess = {"-c", "user.useConfigOnly=true"};

Result<Output> run(const std::string& work_tree, std::vector<std::string> words, const std::string& input = {}) {
    words.insert(words.begin(), no_guess.begin(), no_guess.end());
    auto done = TRY(run_git(work_tree, words, GitUse::release, input));
    register_urls_in(done.err); // git quotes the remote's address
    return done;
}

Error failed(std::string_view what, const Output& done) {
    return could_not(fmt::format("{} failed: {}", what, trim(done.err)));
}

}

std::vector<std::string> words_of(const NewTag& tag) {
    return {"tag", tag.sign ? "-s" : "-a", "--cleanup=verbatim", "-F", "-", "--", tag.name, tag.commit};
}

Result<void> make_tag(const std::string& work_tree, const NewTag& tag) {
    const auto who = TRY(run(work_tree, {"var", "GIT_COMMITTER_IDENT"}));
    if (who.status != 0)
        return could_not("git doesn't know the author of the tag; run: git config --global user.name 'NAME' && git "
                         "config --global user.email 'ADDRESS'");
    const auto done = TRY(run(work_tree, words_of(tag), tag.message));
    if (done.status != 0) return failed("git tag " + tag.name, done);
    if (!TRY(lacks_signature(work_tree, tag.name, tag.sign))) return {};
    TRY_VOID(run(work_tree, {"tag", "-d", "--", tag.name}));
    return could_not(fmt::format("tag {} could not be signed: {}", tag.name, trim(done.err)));
}

Result<bool> lacks_signature(const std::string& work_tree, const std::string& name, bool sign) {
    const auto asked = TRY(run(work_tree, {"config", "--type=bool", "--get", "tag.gpgSign"}));
    if (!sign && trim(asked.out) != "true") return false;
    const auto object = TRY(run(work_tree, {"cat-file", "tag", std::string(tags) + name}));
    return object.out.find("\n-----BEGIN ") == std::string::npos; // no line of ours begins so
}

Result<std::map<std::string, std::string>> remote_tags(const std::string& work_tree, const std::string& remote,
                                                       const std::vector<std::string>& names) {
    std::vector<std::string> words = {"ls-remote", "--quiet", "--", remote};
    for (const auto& name : names)
        for (const auto* peeled : {"", "^{}"}) words.push_back(std::string(tags) + name + peeled);
    const auto done = TRY(run(work_tree, words));
    if (done.status != 0) return failed("git ls-remote " + remote, done);
    std::map<std::string, std::string> found;
    for (const auto& line : split(done.out, '\n')) { // "id\tname", the peeled one behind its own
        const auto tab = line.find('\t');
        if (tab == line.npos || !line.substr(tab + 1).starts_with(tags)) continue;
        auto name = line.substr(tab + 1 + tags.size());
        if (name.ends_with("^{}")) name.erase(name.size() - 3);
        found[name] = line.substr(0, tab);
    }
    return found;
}

Result<void> push_tag(const std::string& work_tree, const std::string& remote, const std::string& name) {
    const auto reference = std::string(tags) + name;
    const auto done =
        TRY(run(work_tree, {"-c", "remote." + remote + ".mirror=false", "push", "--quiet", "--no-verify",
                            "--no-follow-tags", "--recurse-submodules=no", "--", remote, reference + ":" + reference}));
    if (done.status != 0) return failed(fmt::format("git push {} {}", remote, reference), done);
    return {};
}

}
