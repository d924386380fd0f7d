#include "inputs/tag.h"
#include "base/text.h"
#include "cli/run.h"
#include "tag/check.h"
#include "tag/config.h"
#include "tag/publish.h"
#include "tag/release/release.h"
#include "tag/report_rules.h"

using namespace fairlead;

namespace {

using Asked = std::pair<tag::Inputs, tag::ReleaseWanted>;

// What was given, judged as a whole.
Result<Asked> ask(const tag::Options& o, const cli::Context& context) {
    auto inputs = tag::with_lists(o.inputs, o.lists);
    inputs.strict = o.strict ? tag::Strict::yes : tag::Strict::no;
    auto release = o.release;
    release.wanted.dry_run = context.dry_run;
    release.wanted.fetched = context.hold;
    release.wanted.acts = o.command == "release";
    release.proposal = tag::proposal_in(context.change);
    auto component = o.component;
    component.prefix_place = context.place_of("tag-prefix", "tag_prefix");
    release.next.component = TRY(tag::component_of(component, context.section, context.config.folder()));
    release.next.types = TRY(tag::types_of(context.section));
    release.next.label_levels = TRY(tag::release_labels_of(context.section));
    if (o.all) release.components = TRY(tag::components_for_all(component, context.section, context.config.folder()));
    if (!o.level.empty()) {
        const auto level = TRY(tag::parse_level(o.level));
        release.next.override_level = {level, "--level", !o.all};
    }
    if (o.component.given()) release.wanted.tag_prefix = release.next.component.prefix;
    inputs.place_of = tag::places(
        context.section, [&](const auto& input) { return context.place_of(input, replace_all(input, "-", "_")); });
    TRY_VOID(tag::check(inputs, release.wanted, release.next));
    release.wanted.context =
        TRY(tag::context_of(o.release.wanted.context, context.config, inputs.place_of("context", 0)));
    return Asked(inputs, release);
}

cli::Spec spec(tag::Options& o) {
    cli::Spec spec;
    spec.tool = "tag";
    spec.summary = "Names a build: version, image tags, labels and annotations from git and the event.";
    spec.details = "Takes the inputs of docker/metadata-action and gives the same outputs, without a network. "
                   "docs/tag.md describes the additions, such as `latest=highest`.";
    spec.commands = {{.name = "tags",
                      .help = "Prints tags, labels and annotations.",
                      .acts = true,
                      .formats = {"env", "lines", "bake", "docker-args"}},
                     {.name = "next-version",
                      .help = "Prints the next version, which the commits since the last version ask for.",
                      .acts = true,
                      .only_tells = true,
                      .formats = {"env", "lines"}},
                     {.name = "changelog",
                      .help = "Prints the changes since the last version, in markdown.",
                      .acts = true,
                      .only_tells = true,
                      .formats = {"env", "lines"}},
                     {.name = "release",
                      .help = "Creates the tag of the next version, with its changelog.",
                      .acts = true,
                      .lasting = true,
                      .only_tells = true,
                      .formats = {"env", "lines"}}};
    spec.command = &o.command;
    spec.inputs = tag::inputs(o);
    for (auto& input : spec.inputs) input.of_peer = tag::is_of_peer(input.name);
    spec.outputs = {
        {"version", "The version: the first tag, or the next version."},
        {"tags", "The tags with the images' names."},
        {"tag-names", "The tags without the images' names."},
        {"labels", "The labels, key=value."},
        {"annotations", "The annotations, level:key=value."},
        {"json", "Tags, labels and annotations as JSON."},
        {"bake-file-tags", "Path of a bake file with the tags."},
        {"bake-file-labels", "Path of a bake file with the labels."},
        {"bake-file-annotations", "Path of a bake file with the annotations."},
        {"bake-file", "Path of a bake file with tags and labels."},
        {"tag", "next-version, release: the git tag; empty if there is nothing to release."},
        {"previous", "next-version, changelog, release: the previous tag."},
        {"level", "next-version: none, patch, minor or major."},
        {"commits", "next-version: the number of commits that count."},
        {"changed", "next-version, release: whether there is anything to release."},
        {"components", "next-version --all: the components to release, as JSON for a matrix: name, version, tag …"},
        {"changelog", "changelog, release: the text."},
        {"pushed", "release: whether the remote has the tag."}};
    spec.section = tag::fields();
    spec.milder = tag::milder();
    spec.rules = tag::report_rules();
    spec.needs = {{cli::Need::network, "deepen"},
                  {cli::Need::programs_at_first, "deepen"},
                  {cli::Need::network, "", "", "release"},
                  {cli::Need::programs, "", "", "release"},
                  {.what = cli::Need::target_changes, .command = "release"}};
    spec.helpers = [&o](const auto& variables) { o.release.wanted.ask_api = tag::fetch_by_helper(variables); };
    spec.writes = [](const cli::Context& context) { return tag::writes(context.variables); };
    spec.findings_on_stderr = true;
    spec.check = [&o](const cli::Context& context) { return cli::whether(ask(o, context)); };
    spec.formats = {"env", "lines", "bake", "docker-args"};
    spec.examples = {
        "fairlead-tag --images ghcr.io/acme/shop",
        "fairlead-tag --ref refs/tags/v1.2.3 --event push --tags 'type=semver,pattern={{version}}' --explain",
        "fairlead-tag next-version --channel beta", "fairlead-tag changelog --from v1.2.0",
        "fairlead-tag release --dry-run"};
    spec.action_examples = {
        {.with = {{"images", "ghcr.io/acme/shop"}, {"tags", "type=semver,pattern={{version}}"}},
         .whole_history = true,
         .on = "push"},
        {.title = "Two registries, tags for a git tag, a branch and a commit, and labels:",
         .with = {{"images", "ghcr.io/acme/shop\ndocker.io/acme/shop"},
                  {"tags", "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\n"
                           "type=ref,event=branch\ntype=sha"},
                  {"labels", "org.opencontainers.image.title=Shop"}}},
        {.title = "The version that the commits since the last tag ask for:", .with = {{"command", "next-version"}}}};
    return spec;
}

Result<report::Report> run(const tag::Options& o, const cli::Context& context) {
    const auto& variables = context.variables;
    const auto [inputs, release] = TRY(ask(o, context));
    const bool shows_findings = context.format == "text" || context.format == "github";
    if (o.command != "tags") {
        const tag::Shown shown{context.format, context.explain};
        auto report = TRY(tag::report_release(o.command, release, variables, sys::real_clock(), shown));
        if (!shows_findings) tag::log_warnings(report);
        return report;
    }
    const auto made = TRY(tag::make_tags(inputs, release.wanted, variables, sys::real_clock()));
    if (!shows_findings) tag::log_notes(made);
    return tag::publish(made, variables, context.dry_run ? tag::Files::none : tag::Files::write, context.explain);
}

}

int main(int argc, char** argv) {
    tag::Options options;
    return cli::run(spec(options), argc, argv,
                    [&](const cli::Context& context) { return tag::with_peer_error(run(options, context)); });
}
