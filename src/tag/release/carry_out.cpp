#include "tag/release/carry_out.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/git/program.h"
#include "sys/git/publish.h"
#include "sys/permit.h"
#include "tag/version/semver.h"
#include <fmt/format.h>
#include <map>

namespace fairlead::tag {

namespace {

std::string git_in(const ReleasePlan& plan) { return "git -C " + shell_word(plan.work_tree); }

std::string push_command(const ReleasePlan& plan, const std::string& tag) {
    return fmt::format("{} push {} {}", git_in(plan), shell_word(plan.remote), shell_word("refs/tags/" + tag));
}

sys::NewTag tag_of(const ReleasePlan& plan) { return {plan.tag, plan.commit, plan.message, plan.sign}; }

// Versions that were released elsewhere since: what this clone proposes may be lower.
Result<void> refuse_unseen(const ReleasePlan& plan, const std::map<std::string, std::string>& there) {
    const auto version_of = [&](const std::string& tag) {
        return tag.starts_with(plan.prefix) ? parse_semver(tag.substr(plan.prefix.size())) : std::nullopt;
    };
    const auto before = version_of(plan.make ? plan.previous : plan.tag); // made earlier, when none of them was there
    for (const auto& [tag, commit] : there) {
        const auto version = version_of(tag);
        if (tag == plan.tag || !version || plan.is_here(tag) || (before && compare(*version, *before) <= 0)) continue;
        return no(fmt::format(
            "{} has tag {}, which is missing in this clone, so {} may not be the next version; run: {} fetch --tags {}",
            plan.remote, tag, plan.tag, git_in(plan), shell_word(plan.remote)));
    }
    return {};
}

}

std::vector<std::string> acts_of(const ReleasePlan& plan) {
    std::vector<std::string> acts;
    if (plan.push) acts.push_back(fmt::format("{} ls-remote {}", git_in(plan), shell_word(plan.remote)));
    std::vector<std::string> words;
    for (const auto& word : sys::words_of(tag_of(plan))) words.push_back(shell_word(word));
    if (plan.make) acts.push_back(git_in(plan) + " " + join(words, " "));
    if (plan.push) acts.push_back(push_command(plan, plan.tag));
    return acts;
}

Result<Released> carry_out(const ReleasePlan& plan) {
    Released released;
    const bool is_signature_asked = !plan.make && plan.sign && !plan.tag.empty();
    if (!plan.make && !plan.push && !is_signature_asked) return released;
    TRY_VOID(sys::ask(sys::Act::change_target, plan.tag));
    TRY_VOID(sys::refuse_settings(plan.work_tree, sys::GitUse::release, {}));
    std::map<std::string, std::string> there;
    if (plan.push) {
        std::vector<std::string> names = {plan.tag, plan.prefix + "*"};
        if (!plan.previous.empty()) names.push_back(plan.previous);
        there = TRY(sys::remote_tags(plan.work_tree, plan.remote, names));
        if (plan.make && !plan.previous.empty() && !there.contains(plan.previous))
            released.warning = fmt::format("tag {}, the previous version, is not at {}; run: {}", plan.previous,
                                           plan.remote, push_command(plan, plan.previous));
    }
    const auto found = there.find(plan.tag);
    if (found != there.end() && found->second != plan.commit)
        return no(fmt::format(
            "tag {} is at {} already, at commit {}, but this commit is {}; run: git fetch --tags --force {}", plan.tag,
            plan.remote, found->second.substr(0, 7), plan.commit.substr(0, 7), shell_word(plan.remote)));
    if (plan.make || found == there.end()) TRY_VOID(refuse_unseen(plan, there));
    if (found != there.end()) {
        released.pushed = true;
        released.told.push_back(fmt::format("{} is at {} already, at this commit", plan.tag, plan.remote));
        return released;
    }
    if (!plan.make && TRY(sys::lacks_signature(plan.work_tree, plan.tag, plan.sign)))
        return no(fmt::format("tag {} is here without a signature; run: {} tag -d {}", plan.tag, git_in(plan),
                              shell_word(plan.tag)));
    if (plan.make) {
        TRY_VOID(sys::make_tag(plan.work_tree, tag_of(plan)));
        released.made = true;
        released.told.push_back(fmt::format("{} created at {}", plan.tag, plan.commit.substr(0, 7)));
    }
    if (plan.push) {
        TRY_VOID(sys::push_tag(plan.work_tree, plan.remote, plan.tag));
        released.pushed = true;
        released.told.push_back(fmt::format("{} pushed to {}; a pre-push hook is not run", plan.tag, plan.remote));
    }
    return released;
}

}
