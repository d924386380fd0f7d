#include "tag/release/release.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/shell.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include "tag/outputs.h"
#include "tag/release/carry_out.h"
#include "tag/release/changelog.h"
#include "tag/release/next_report.h"
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

struct ReleaseScene {
    Gathered gathered;
    const sys::Repository* git = nullptr;
    std::string head; // commit to look from
};

// What is checked out, unless something else is asked for: later steps of a workflow may have gone on from the event's
// commit.
Result<ReleaseScene> look(const ReleaseWanted& wanted, const std::string& revision, const sys::Environment& variables,
                          sys::Clock& clock) {
    Notes notes;
    auto asked = wanted.wanted;
    asked.holder = false; // a commit is looked at, and the tags at it
    auto gathered = TRY(gather(asked, variables, clock, notes));
    ReleaseScene scene{std::move(gathered), nullptr, {}};
    scene.git = TRY(scene.gathered.checkout->repository());
    if (const auto command = TRY(scene.git->replacements()); !command.empty())
        return could_not(fmt::format("the repository replaces commits (refs/replace or info/grafts), which is not "
                                     "supported here; run: {}, or use a fresh clone, which has no replacements",
                                     command));
    const auto& ref = scene.gathered.facts.ref;
    if (wanted.wanted.sha.empty() && !wanted.wanted.ref.empty() && !scene.gathered.checkout->commit_of_ref(ref))
        return usage(fmt::format("ref '{}' is not in this clone; fetch it, or give its commit with --sha", ref));
    const bool given = !wanted.wanted.sha.empty() || !wanted.wanted.ref.empty();
    const auto& sha = scene.gathered.facts.sha;
    const auto asked_for = !revision.empty() ? revision : given && !sha.empty() ? sha : "HEAD";
    const auto head = scene.git->resolve(asked_for);
    if (!head.ok() && !revision.empty()) return usage(head.error().message); // as --from
    scene.head = TRY(head);
    return scene;
}

report::Finding warning(const std::string& message) {
    report::Finding finding;
    finding.rule = "tag/release";
    finding.severity = report::Severity::warning;
    finding.message = message;
    return finding;
}

// A tag's own name; nothing when `revision` is none.
std::optional<std::string> tag_named(std::string revision, const sys::Repository& git) {
    constexpr std::string_view folder = "refs/tags/";
    if (revision.starts_with(folder)) revision.erase(0, folder.size());
    return git.commit_of(std::string(folder) + revision).ok() ? std::optional(revision) : std::nullopt;
}

// The tag that is being built, where that is what is looked at.
std::optional<std::string> tag_built(const ReleaseScene& scene) {
    const auto tag = tag_of(scene.gathered.facts);
    if (!tag) return std::nullopt;
    const auto commit = scene.git->commit_of("refs/tags/" + *tag);
    return commit.ok() && commit.value() == scene.head ? tag : std::nullopt;
}

// The same commit gives the same text: its date, unless SOURCE_DATE_EPOCH says another.
std::string date_of(const ReleaseScene& scene, const sys::Environment& variables) {
    const auto& facts = scene.gathered.facts;
    const auto date = variables.get("SOURCE_DATE_EPOCH") ? facts.now : scene.gathered.checkout->commit_date(scene.head);
    return format_utc(date.value_or(facts.now)).substr(0, 10);
}

WebLinks links_of(const ReleaseScene& scene, const sys::Environment& variables) {
    WebLinks links{scene.gathered.repository().url};
    links.host = variables.get("GITLAB_CI") ? Host::gitlab : host_of(links.url);
    return links;
}

NextWanted asked_for(const ReleaseWanted& wanted, const ReleaseScene& scene) {
    auto asked = wanted.next;
    asked.head = scene.head;
    if (!asked.override_level) asked.override_level = asked_by_labels(asked, scene.gathered.facts.pull_labels);
    return asked;
}

Result<report::Report> report_next_version(const ReleaseWanted& wanted, const sys::Environment& variables,
                                           sys::Clock& clock, bool explain) {
    const auto scene = TRY(look(wanted, {}, variables, clock));
    const auto asked = asked_for(wanted, scene);
    auto& checkout = *scene.gathered.checkout;
    if (!wanted.components.empty()) {
        const auto all = TRY(next_versions(asked, wanted.components, checkout));
        for (const auto& one : all) register_urls_in(one.second.decided_by);
        return report_of(all, explain);
    }
    const auto next = TRY(next_version(asked, checkout));
    register_urls_in(next.decided_by);
    return report_of(next, explain);
}

// People paste addresses with passwords into messages, too.
void hide_secrets(const Log& log) {
    for (const auto& commit : log.commits) register_urls_in(commit.text);
}

using Outputs = std::vector<std::pair<std::string, std::string>>;

report::Report report_of(const Outputs& outputs, const Log& log, const WebLinks& links) {
    report::Report report;
    report.tool = "tag";
    report.outputs = outputs;
    report.bodies["env"] = format_env(outputs);
    auto json = account_json(log, links);
    for (const auto& [name, value] : outputs) {
        const bool is_boolean = value == "true" || value == "false";
        json[name] = is_boolean ? sys::Json(value == "true") : sys::Json(value);
    }
    report.bodies["json"] = sys::dump_json(json) + "\n";
    if (!log.newcomers_known)
        report.findings.push_back(
            warning("new contributors can't be listed: the clone does not hold the history before " + log.previous +
                    "; run: git fetch --unshallow"));
    return report;
}

Result<report::Report> report_changelog(const ReleaseWanted& wanted, const sys::Environment& variables,
                                        sys::Clock& clock) {
    const auto scene = TRY(look(wanted, wanted.to, variables, clock));
    auto tag = wanted.to.empty() ? tag_built(scene) : tag_named(wanted.to, *scene.git);
    const auto links = links_of(scene, variables);
    const auto& types = wanted.next.types;
    const auto read = [&] {
        return read_log({scene.head, wanted.from, tag, wanted.next.component, types, links}, *scene.gathered.checkout);
    };
    auto log = TRY(read());
    if (!tag && wanted.from.empty() && log.base == scene.head) { // that version's log, as right after it was released
        tag = log.previous;
        log = TRY(read());
    }
    const ChangelogWanted text{tag.value_or("Unreleased"), tag.value_or(scene.head.substr(0, 7)), links,
                               date_of(scene, variables)};
    hide_secrets(log);
    const auto written = changelog(text, log, types, Style::markdown);
    auto report = report_of({{"changelog", written}, {"previous", log.previous}}, log, links);
    report.text = report.bodies["markdown"] = report.bodies["lines"] = written;
    return report;
}

// What a release is made of is what is checked out, and nothing else.
Result<void> refuse_scene(const ReleaseScene& scene, const ReleaseWanted& wanted) {
    const auto& git = *scene.git;
    if (!wanted.proposal.empty())
        return no(fmt::format("the checked out commit is only a proposal: {}; release from a push to its target branch",
                              wanted.proposal));
    if (git.work_tree().empty())
        return could_not(git.git_folder() + " is a bare repository, where no release can be made; run this in a clone");
    if (const auto head = git.head_commit(); head != scene.head)
        return no(fmt::format("the requested commit {} is not checked out; run: git checkout {}",
                              scene.head.substr(0, 7), shell_word(scene.head)));
    if (TRY(git.is_dirty()))
        return no("tracked files have changes that the tag would not contain; commit them, or run: git stash");
    return {};
}

Result<ReleasePlan> plan_of(const NextVersion& next, const ReleaseScene& scene, const ReleaseWanted& wanted) {
    const auto& git = *scene.git;
    ReleasePlan plan{
        git.work_tree(), git.remote(), next.tag, scene.head, next.changed ? next.previous : "", next.prefix, {}};
    plan.is_here = [&git](const std::string& tag) { return git.commit_of("refs/tags/" + tag).ok(); };
    const auto found = git.commit_of("refs/tags/" + plan.tag);
    // One that is here was made by a run before this one, which may not have come to push it.
    if (!next.changed && (!found.ok() || found.value() != scene.head)) plan.tag.clear();
    plan.make = next.changed;
    plan.sign = wanted.sign;
    plan.push = wanted.push && !plan.tag.empty();
    if (plan.push && !git.remote_url(plan.remote))
        return could_not(fmt::format("there is no remote '{}' to push to; run: git remote add {} URL, or leave out "
                                     "--push",
                                     plan.remote, shell_word(plan.remote)));
    return plan;
}

Result<report::Report> report_made(const ReleaseWanted& wanted, const sys::Environment& variables, sys::Clock& clock) {
    const auto scene = TRY(look(wanted, {}, variables, clock));
    TRY_VOID(refuse_scene(scene, wanted));
    const auto next = TRY(next_version(asked_for(wanted, scene), *scene.gathered.checkout));
    register_urls_in(next.decided_by);
    auto plan = TRY(plan_of(next, scene, wanted));
    const auto links = links_of(scene, variables);
    const ChangelogWanted text{plan.tag, plan.tag, links, date_of(scene, variables)};
    const auto& types = wanted.next.types;
    Log log;
    std::string written;
    if (!plan.tag.empty()) {
        const LogWanted of_log{scene.head, {}, plan.tag, wanted.next.component, types, links};
        log = TRY(read_log(of_log, *scene.gathered.checkout));
        hide_secrets(log);
        written = changelog(text, log, types, Style::markdown);
        plan.message = mask(changelog(text, log, types, Style::plain));
    }
    Released released;
    if (!wanted.wanted.dry_run)
        released = TRY(carry_out(plan));
    else
        for (const auto& act : acts_of(plan)) sys::log_info("would run: " + act);
    auto report = report_of({{"version", next.version},
                             {"tag", plan.tag},
                             {"previous", log.previous},
                             {"changed", next.changed ? "true" : "false"},
                             {"pushed", released.pushed ? "true" : "false"},
                             {"changelog", written}},
                            log, links);
    for (const auto& line : released.told) report.text += line + "\n";
    if (plan.tag.empty())
        report.text = explained(next);
    else if (wanted.wanted.dry_run)
        report.text = plan.message;
    else if (released.told.empty())
        report.text = plan.tag + " is at this commit already; to push it, say --push\n";
    report.bodies["lines"] = plan.tag.empty() ? "" : plan.tag + "\n";
    tell(next, "", report);
    if (!released.warning.empty()) report.findings.push_back(warning(released.warning));
    return report;
}

}

Result<report::Report> report_release(const std::string& command, const ReleaseWanted& wanted,
                                      const sys::Environment& variables, sys::Clock& clock, const Shown& shown) {
    if (command == "release") return report_made(wanted, variables, clock);
    return command == "changelog" ? report_changelog(wanted, variables, clock)
                                  : report_next_version(wanted, variables, clock, shown.explain);
}

}
