#include "base/text.h"
#include "cli/run.h"
#include "cli/spec.h"
#include "tag/publish.h"
#include "tag/tags.h"

using namespace fairlead;

namespace {

struct Options {
    std::vector<std::string> images, tags, flavor, labels, annotations;
    std::string sep_tags = "\n", sep_labels = "\n", sep_annotations = "\n";
    std::string bake_target = "docker-metadata-action";
    std::string context, event, ref, sha, tag_prefix;
    Secret token;
    bool strict = false;
};

cli::Spec spec(Options& o) {
    cli::Spec spec;
    spec.tool = "tag";
    spec.summary = "Names a build: version, image tags, labels and annotations from git and the event.";
    spec.details = "Takes the inputs of docker/metadata-action and gives the same outputs, without a network. "
                   "`latest=highest` and the other things that it does beyond are in docs/tag.md.";
    spec.inputs = {
        {.name = "images",
         .target = &o.images,
         .help = "Images to name: name=…,enable=true, or just names.",
         .key = "images",
         .placeholder = "IMAGE",
         .lines = true},
        {.name = "tags",
         .target = &o.tags,
         .help = "Rules such as type=semver,pattern={{version}}.",
         .key = "tags",
         .placeholder = "RULE",
         .lines = true},
        {.name = "flavor",
         .target = &o.flavor,
         .help = "What holds for all rules: latest=…, prefix=…, suffix=….",
         .key = "flavor",
         .placeholder = "ENTRY",
         .lines = true},
        {.name = "labels",
         .target = &o.labels,
         .help = "Further labels, key=value.",
         .key = "labels",
         .placeholder = "LABEL",
         .lines = true},
        {.name = "annotations",
         .target = &o.annotations,
         .help = "Further annotations, key=value.",
         .key = "annotations",
         .placeholder = "ANNOTATION",
         .lines = true},
        {.name = "context",
         .target = &o.context,
         .help = "Where event and ref come from: workflow, git or git:PATH; default: workflow under GitHub Actions, "
                 "else git.",
         .key = "context",
         .placeholder = "CONTEXT"},
        {.name = "sep-tags",
         .target = &o.sep_tags,
         .help = "What separates the tags of the output.",
         .untrimmed = true},
        {.name = "sep-labels",
         .target = &o.sep_labels,
         .help = "What separates the labels of the output.",
         .untrimmed = true},
        {.name = "sep-annotations",
         .target = &o.sep_annotations,
         .help = "What separates the annotations of the output.",
         .untrimmed = true},
        {.name = "bake-target",
         .target = &o.bake_target,
         .help = "Target in the bake files.",
         .key = "bake_target",
         .placeholder = "NAME"},
        {.name = "github-token",
         .target = &o.token,
         .help = "Token for the API, which is asked only for what neither event nor repository tells."},
        {.name = "strict",
         .target = &o.strict,
         .help = "What would be a warning about an input is an error.",
         .key = "strict"},
        {.name = "tag-prefix",
         .target = &o.tag_prefix,
         .help = "Prefix of a component's tags (api/v): others are ignored, it is cut off.",
         .key = "tag_prefix",
         .placeholder = "PREFIX"},
        {.name = "event",
         .target = &o.event,
         .help = "Decides as for this event.",
         .placeholder = "NAME",
         .action = false},
        {.name = "ref",
         .target = &o.ref,
         .help = "Decides as for this ref, for instance refs/tags/v1.2.3.",
         .placeholder = "REF",
         .action = false},
        {.name = "sha", .target = &o.sha, .help = "Decides as for this commit.", .placeholder = "ID", .action = false},
    };
    spec.outputs = {
        {"version", "The version: the first tag."},
        {"tags", "The tags with the images' names."},
        {"tag-names", "The tags without them."},
        {"labels", "The labels, key=value."},
        {"annotations", "The annotations, level:key=value."},
        {"json", "Tags, labels and annotations as JSON."},
        {"bake-file-tags", "Path of a bake file with the tags."},
        {"bake-file-labels", "Path of a bake file with the labels."},
        {"bake-file-annotations", "Path of a bake file with the annotations."},
        {"bake-file", "Path of a bake file with tags and labels."},
    };
    spec.formats = {"env", "lines", "bake", "docker-args"};
    spec.examples = {
        "fairlead-tag --images ghcr.io/acme/shop",
        "fairlead-tag --ref refs/tags/v1.2.3 --event push --tags 'type=semver,pattern={{version}}' --explain",
    };
    return spec;
}

Result<report::Report> run(const Options& o, const cli::Context& context) {
    tag::Inputs inputs{join(o.images, "\n"),
                       join(o.tags, "\n"),
                       join(o.flavor, "\n"),
                       join(o.labels, "\n"),
                       join(o.annotations, "\n"),
                       {o.sep_tags, o.sep_labels, o.sep_annotations},
                       o.bake_target,
                       o.strict ? tag::Strict::yes : tag::Strict::no};
    const tag::Wanted wanted{o.context, o.event, o.ref, o.sha, o.tag_prefix, o.token};
    const auto made = TRY(tag::make_tags(inputs, wanted, context.variables, sys::real_clock()));
    return tag::publish(made, context.variables, context.dry_run ? tag::Files::none : tag::Files::write,
                        context.explain);
}

}

int main(int argc, char** argv) {
    Options options;
    return cli::run(spec(options), argc, argv, [&](const cli::Context& context) { return run(options, context); });
}
