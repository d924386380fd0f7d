#include "tag/release.h"
#include "sys/json.h"
#include "tag/changelog.h"
#include "tag/outputs.h"
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

struct Scene {
    Gathered gathered;
    std::string head; // commit to look from
};

Result<Scene> look(const ReleaseWanted& wanted, const std::string& revision, const sys::Environment& variables,
                   sys::Clock& clock) {
    Notes notes;
    auto gathered = TRY(gather(wanted.wanted, variables, clock, notes));
    Scene scene{std::move(gathered), {}};
    const auto& facts = scene.gathered.facts;
    const auto* git = TRY(scene.gathered.checkout->repository());
    const auto asked = !revision.empty() ? revision : !facts.sha.empty() ? facts.sha : std::string("HEAD");
    scene.head = TRY(git->resolve(asked));
    return scene;
}

std::string explained(const NextVersion& next) {
    if (!next.changed)
        return fmt::format("nothing to release: {} commits since {}, none of them raises the version\n", next.commits,
                           next.previous);
    if (next.previous.empty())
        return fmt::format("no version yet: {} commits, the initial version is taken\n", next.commits);
    return fmt::format("{} since {}, {} commits: {}\n", name_of(next.level), next.previous, next.commits,
                       next.decided_by);
}

}

Result<report::Report> report_next_version(const ReleaseWanted& wanted, const sys::Environment& variables,
                                           sys::Clock& clock, bool explain) {
    const auto scene = TRY(look(wanted, {}, variables, clock));
    auto asked = wanted.next;
    asked.head = scene.head;
    const auto next = TRY(next_version(asked, *scene.gathered.checkout));
    report::Report report;
    report.tool = "tag";
    report.outputs = {{"version", next.version},
                      {"tag", next.tag},
                      {"previous", next.previous},
                      {"level", std::string(name_of(next.level))},
                      {"commits", std::to_string(next.commits)},
                      {"changed", next.changed ? "true" : "false"}};
    sys::Json json;
    for (const auto& [name, value] : report.outputs) json[name] = value;
    json["commits"] = next.commits;
    json["changed"] = next.changed;
    if (explain) json["decided_by"] = next.decided_by;
    report.text = next.version + "\n" + (explain ? explained(next) : "");
    report.bodies["json"] = sys::dump_json(json) + "\n";
    report.bodies["lines"] = next.version + "\n";
    report.bodies["env"] = format_env(report.outputs);
    return report;
}

Result<report::Report> report_changelog(const ReleaseWanted& wanted, const sys::Environment& variables,
                                        sys::Clock& clock) {
    const auto scene = TRY(look(wanted, wanted.to, variables, clock));
    auto& checkout = *scene.gathered.checkout;
    const auto& component = wanted.next.component;
    auto tags = TRY(version_tags(component.prefix, checkout));
    ChangelogWanted log;
    log.url = scene.gathered.repository().url;
    log.date = format_utc(scene.gathered.facts.now).substr(0, 10);
    log.current = !wanted.to.empty() ? wanted.to : tag_of(scene.gathered.facts).value_or(scene.head.substr(0, 7));
    log.title = !wanted.to.empty() ? wanted.to : tag_of(scene.gathered.facts).value_or("Unreleased");
    CommitRange range;
    if (!wanted.from.empty()) {
        const auto base = TRY(TRY(checkout.repository())->resolve(wanted.from));
        range = TRY(commits_between(component, base, scene.head, checkout));
        log.previous = wanted.from;
    } else {
        std::erase_if(tags,
                      [&](const VersionTag& tag) { return tag.name == log.current; }); // the release itself is no base
        range = TRY(commits_since_version(component, scene.head, Base::release, tags, checkout));
        if (range.base) log.previous = range.base->name;
    }
    const auto text = changelog(log, range.commits);
    report::Report report;
    report.tool = "tag";
    report.text = text;
    report.outputs = {{"changelog", text}, {"previous", log.previous}};
    report.summary = text;
    report.bodies["markdown"] = report.bodies["lines"] = text;
    report.bodies["json"] = sys::dump_json(sys::Json{{"changelog", text}, {"previous", log.previous}}) + "\n";
    report.bodies["env"] = format_env(report.outputs);
    return report;
}

}
