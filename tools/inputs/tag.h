#pragma once
// The flags of fairlead-tag: each with the commands that take it.

#include "cli/declare.h"
#include "tag/config.h"
#include "tag/release/release.h"
#include "tag/tags.h"
#include <string>
#include <vector>

namespace fairlead::tag {

struct Options {
    std::string command;
    Lists lists;
    Inputs inputs;
    ComponentWanted component;
    ReleaseWanted release;
    std::string level;
    bool all = false;
    bool strict = false;
};

inline cli::Input separator(const char* name, cli::Target target, const char* help) {
    using cli::choice, cli::only;
    cli::Input input = only({"tags"}, choice(name, target, help));
    input.untrimmed = true;
    return input;
}
// A list in the syntax of src/tag/rules/lists.h: handed over as it is written.
inline cli::Input list(const char* name, cli::Target target, const char* help, const char* placeholder) {
    using cli::lines, cli::only, cli::setting;
    cli::Input input = lines(only({"tags"}, setting(name, target, help, placeholder)));
    input.untrimmed = true;
    return input;
}

inline std::vector<cli::Input> inputs(Options& o) {
    using cli::begins, cli::by_hand, cli::choice, cli::only, cli::setting;
    auto& wanted = o.release.wanted;
    auto& next = o.release.next;
    cli::Input token =
        choice("github-token", &wanted.token,
               "Token for the API, which is used only for facts that are not in the event or the repository.");
    token.action_default = "${{ github.token }}";
    const std::vector<std::string> version = {"next-version", "release"};
    const std::vector<std::string> history = {"next-version", "changelog", "release"};
    cli::Input level = only(
        version, choice("level", &o.level, "The level to use instead of the level that the commits ask for.", "LEVEL"));
    level.allowed = {"none", "patch", "minor", "major"};
    return {
        setting("strict", &o.strict, "Treats warnings about inputs as errors."),
        choice("component", &o.component.name, "Component of fairlead.yml; only its tags and paths count.", "NAME"),
        setting("tag-prefix", &o.component.prefix,
                "Prefix of the component's tags (api/v); default for next-version: v.", "PREFIX"),
        begins("images", list("images", &o.lists.images, "Images to name: names, or name=…,enable=….", "IMAGE")),
        list("tags", &o.lists.tags, "Rules such as type=semver,pattern={{version}}.", "RULE"),
        list("flavor", &o.lists.flavor, "Settings of all rules: latest=…, prefix=…, suffix=….", "ENTRY"),
        list("labels", &o.lists.labels, "Further labels, key=value.", "LABEL"),
        list("annotations", &o.lists.annotations, "Further annotations, key=value.", "ANNOTATION"),
        separator("sep-tags", &o.inputs.separators.tags, "Separator between the tags of the output."),
        separator("sep-labels", &o.inputs.separators.labels, "Separator between the labels of the output."),
        separator("sep-annotations", &o.inputs.separators.annotations,
                  "Separator between the annotations of the output."),
        only({"tags"}, setting("bake-target", &o.inputs.bake_target, "Target in the bake files.", "NAME")),
        begins("next version, changelog and release",
               only(history, choice("include", &o.component.include, "Paths that count.", "GLOB"))),
        only(history, choice("exclude", &o.component.exclude, "Paths that don't count.", "GLOB")),
        only(version, choice("channel", &next.channel, "A pre-release, X.Y.Z-CHANNEL.N.", "CHANNEL")),
        only(version, setting("initial-version", &next.initial, "The first version.", "VERSION")),
        only(version, setting("hold-major", &next.hold_major, "In 0.x a breaking change is minor, a feature patch.")),
        level,
        only({"next-version"}, choice("all", &o.all, "Every component of fairlead.yml.")),
        only({"changelog"},
             choice("from", &o.release.from,
                    "Tag or commit at which the changelog begins; default: the previous version.", "REVISION")),
        only({"changelog"}, choice("to", &o.release.to, "Commit at which the changelog ends.", "REVISION")),
        only({"release"}, choice("push", &o.release.push, "Pushes the tag, and nothing else.")),
        only({"release"}, choice("sign", &o.release.sign, "Signs the tag even if tag.gpgSign of git is not set.")),
        begins("git and the event", setting("context", &wanted.context,
                                            "Source of the event and ref: workflow, git or git:PATH; default: the CI "
                                            "job, if there is one, else git.",
                                            "CONTEXT")),
        by_hand("event", &wanted.event, "Decides as if for this event.", "NAME"),
        by_hand("ref", &wanted.ref,
                "Decides as if for this ref: refs/tags/v1.2.3, or v1.2.3 if only a tag has that name.", "REF"),
        by_hand("sha", &wanted.sha, "Decides as if for this commit, an id or a revision such as HEAD~1.", "REVISION"),
        choice("deepen", &wanted.deepen, "Fetches the history and tags that a shallow clone lacks."),
        token,
    };
}

}
