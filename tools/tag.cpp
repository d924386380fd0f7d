#include "base/text.h"
#include "cli/run.h"
#include "cli/spec.h"
#include "tag/config.h"
#include "tag/publish.h"
#include "tag/release.h"

using namespace fairlead;
using cli::Input, cli::Target;

namespace {

struct Options {
    std::string command;
    std::vector<std::string> images, tags, flavor, labels, annotations, include, exclude;
    std::string sep_tags = "\n", sep_labels = "\n", sep_annotations = "\n", bake_target = "docker-metadata-action";
    std::string context, event, ref, sha, component, channel, initial = "0.1.0", from, to;
    std::optional<std::string> tag_prefix;
    Secret token;
    bool strict = false, deepen = false, hold_major = false;
};

// A list in the syntax of src/tag/lists.h: handed over as it is written.
Input list(const char* name, Target target, const char* help, const char* placeholder) {
    return {.name = name,
            .target = target,
            .help = help,
            .key = name,
            .placeholder = placeholder,
            .untrimmed = true,
            .lines = true};
}
Input setting(const char* name, Target target, const char* help, const char* placeholder = "") {
    return {
        .name = name, .target = target, .help = help, .key = replace_all(name, "-", "_"), .placeholder = placeholder};
}
Input separator(const char* name, Target target, const char* help) {
    return {.name = name, .target = target, .help = help, .untrimmed = true};
}
Input by_hand(const char* name, Target target, const char* help, const char* placeholder) {
    return {.name = name, .target = target, .help = help, .placeholder = placeholder, .action = false};
}
Input choice(const char* name, Target target, const char* help, const char* placeholder = "") {
    return {.name = name, .target = target, .help = help, .placeholder = placeholder};
}

std::vector<Input> inputs(Options& o) {
    Input token =
        choice("github-token", &o.token, "Token for the API, asked only for what neither event nor repository tells.");
    token.action_default = "${{ github.token }}";
    return {
        list("images", &o.images, "Images to name: names, or name=…,enable=….", "IMAGE"),
        list("tags", &o.tags, "Rules such as type=semver,pattern={{version}}.", "RULE"),
        list("flavor", &o.flavor, "What holds for all rules: latest=…, prefix=…, suffix=….", "ENTRY"),
        list("labels", &o.labels, "Further labels, key=value.", "LABEL"),
        list("annotations", &o.annotations, "Further annotations, key=value.", "ANNOTATION"),
        setting("context", &o.context,
                "Where event and ref come from: workflow, git or git:PATH; default: as the surroundings are.",
                "CONTEXT"),
        separator("sep-tags", &o.sep_tags, "What separates the tags of the output."),
        separator("sep-labels", &o.sep_labels, "What separates the labels of the output."),
        separator("sep-annotations", &o.sep_annotations, "What separates the annotations of the output."),
        setting("bake-target", &o.bake_target, "Target in the bake files.", "NAME"),
        token,
        setting("strict", &o.strict, "What would be a warning about an input is an error."),
        choice("component", &o.component, "Component of fairlead.yml: only its tags and paths count.", "NAME"),
        setting("tag-prefix", &o.tag_prefix,
                "What the tags of the component begin with (api/v); default for next-version: v.", "PREFIX"),
        choice("include", &o.include, "next-version, changelog: paths that count.", "GLOB"),
        choice("exclude", &o.exclude, "next-version, changelog: paths that don't.", "GLOB"),
        choice("channel", &o.channel, "next-version: a pre-release, X.Y.Z-CHANNEL.N.", "CHANNEL"),
        setting("initial-version", &o.initial, "next-version: the first one.", "VERSION"),
        setting("hold-major", &o.hold_major, "next-version: in 0.x a breaking change is minor, a feature patch."),
        choice("from", &o.from, "changelog: where it begins; default: the version before.", "REVISION"),
        choice("to", &o.to, "changelog: where it ends.", "REVISION"),
        choice("deepen", &o.deepen, "Fetches the history and tags that a shallow clone lacks."),
        by_hand("event", &o.event, "Decides as for this event.", "NAME"),
        by_hand("ref", &o.ref, "Decides as for this ref, for instance refs/tags/v1.2.3.", "REF"),
        by_hand("sha", &o.sha, "Decides as for this commit.", "ID"),
    };
}

cli::Spec spec(Options& o) {
    cli::Spec spec;
    spec.tool = "tag";
    spec.summary = "Names a build: version, image tags, labels and annotations from git and the event.";
    spec.details =
        "Takes the inputs of docker/metadata-action and gives the same outputs, without a network. What it does "
        "beyond, `latest=highest` first, is in docs/tag.md.";
    spec.commands = {{"tags", "Tags, labels and annotations."},
                     {"next-version", "The version that the commits since the last one ask for."},
                     {"changelog", "What changed since the last version, in markdown."}};
    spec.command = &o.command;
    spec.inputs = inputs(o);
    spec.outputs = {{"version", "The version: the first tag, or the next version."},
                    {"tags", "The tags with the images' names."},
                    {"tag-names", "The tags without them."},
                    {"labels", "The labels, key=value."},
                    {"annotations", "The annotations, level:key=value."},
                    {"json", "Tags, labels and annotations as JSON."},
                    {"bake-file-tags", "Path of a bake file with the tags."},
                    {"bake-file-labels", "Path of a bake file with the labels."},
                    {"bake-file-annotations", "Path of a bake file with the annotations."},
                    {"bake-file", "Path of a bake file with tags and labels."},
                    {"tag", "next-version: the git tag to make."},
                    {"previous", "next-version, changelog: the tag before."},
                    {"level", "next-version: none, patch, minor or major."},
                    {"commits", "next-version: how many commits count."},
                    {"changed", "next-version: whether there is anything to release."},
                    {"changelog", "changelog: the text."}};
    spec.section = tag::fields();
    spec.findings_on_stderr = true;
    spec.formats = {"env", "lines", "bake", "docker-args"};
    spec.examples = {
        "fairlead-tag --images ghcr.io/acme/shop",
        "fairlead-tag --ref refs/tags/v1.2.3 --event push --tags 'type=semver,pattern={{version}}' --explain",
        "fairlead-tag next-version --channel beta", "fairlead-tag changelog --from v1.2.0"};
    return spec;
}

Result<report::Report> run(const Options& o, const cli::Context& context) {
    const auto& variables = context.variables;
    const tag::ComponentWanted asked{o.component, o.tag_prefix, o.include, o.exclude};
    const auto component = TRY(tag::component_of(asked, context.section, context.config.folder()));
    const auto prefix = o.tag_prefix || !o.component.empty() ? component.prefix : "";
    const tag::Wanted wanted{o.context, o.event, o.ref, o.sha, prefix, o.token, o.deepen, context.dry_run};
    const tag::ReleaseWanted release{wanted, {component, {}, o.initial, o.channel, o.hold_major}, o.from, o.to};
    if (o.command != "tags")
        return tag::report_release(o.command, release, variables, sys::real_clock(), {context.format, context.explain});
    const tag::Inputs given{join(o.images, "\n"),
                            join(o.tags, "\n"),
                            join(o.flavor, "\n"),
                            join(o.labels, "\n"),
                            join(o.annotations, "\n"),
                            {o.sep_tags, o.sep_labels, o.sep_annotations},
                            o.bake_target,
                            o.strict ? tag::Strict::yes : tag::Strict::no};
    const auto made = TRY(tag::make_tags(given, wanted, variables, sys::real_clock()));
    if (context.format != "text" && context.format != "github") tag::log_notes(made);
    return tag::publish(made, variables, context.dry_run ? tag::Files::none : tag::Files::write, context.explain);
}

}

int main(int argc, char** argv) {
    Options options;
    return cli::run(spec(options), argc, argv,
                    [&](const cli::Context& context) { return tag::with_peer_error(run(options, context)); });
}
