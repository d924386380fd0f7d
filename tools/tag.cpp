#include "base/text.h"
#include "cli/declare.h"
#include "cli/run.h"
#include "tag/check.h"
#include "tag/config.h"
#include "tag/publish.h"
#include "tag/release/release.h"
#include "tag/report_rules.h"

using namespace fairlead;
using cli::Input, cli::Target, cli::begins, cli::by_hand, cli::choice, cli::lines, cli::only, cli::setting;

namespace {

struct Options {
    std::string command;
    tag::Lists lists;
    tag::Inputs inputs;
    tag::ComponentWanted component;
    tag::ReleaseWanted release;
    std::string level;
    bool all = false;
    bool strict = false;
};

Input separator(const char* name, Target target, const char* help) {
    Input input = only({"tags"}, choice(name, target, help));
    input.untrimmed = true;
    return input;
}
// A list in the syntax of src/tag/rules/lists.h: handed over as it is written.
Input list(const char* name, Target target, const char* help, const char* placeholder) {
    Input input = lines(only({"tags"}, setting(name, target, help, placeholder)));
    input.untrimmed = true;
    return input;
}

std::vector<Input> inputs(Options& o) {
    auto& wanted = o.release.wanted;
    auto& next = o.release.next;
    Input token = choice("github-token", &wanted.token,
                         "Token for the API, asked only for what neither event nor repository tells.");
    token.action_default = "${{ github.token }}";
    const std::vector<std::string> version = {"next-version", "release"};
    const std::vector<std::string> history = {"next-version", "changelog", "release"};
    Input level = only(version, choice("level", &o.level, "What counts instead of the commits.", "LEVEL"));
    level.allowed = {"none", "patch", "minor", "major"};
    return {
        setting("strict", &o.strict, "What would be a warning about an input is an error."),
        choice("component", &o.component.name, "Component of fairlead.yml: only its tags and paths count.", "NAME"),
        setting("tag-prefix", &o.component.prefix,
                "What the tags of the component begin with (api/v); default for next-version: v.", "PREFIX"),
        begins("images", list("images", &o.lists.images, "Images to name: names, or name=…,enable=….", "IMAGE")),
        list("tags", &o.lists.tags, "Rules such as type=semver,pattern={{version}}.", "RULE"),
        list("flavor", &o.lists.flavor, "What holds for all rules: latest=…, prefix=…, suffix=….", "ENTRY"),
        list("labels", &o.lists.labels, "Further labels, key=value.", "LABEL"),
        list("annotations", &o.lists.annotations, "Further annotations, key=value.", "ANNOTATION"),
        separator("sep-tags", &o.inputs.separators.tags, "What separates the tags of the output."),
        separator("sep-labels", &o.inputs.separators.labels, "What separates the labels of the output."),
        separator("sep-annotations", &o.inputs.separators.annotations, "What separates the annotations of the output."),
        only({"tags"}, setting("bake-target", &o.inputs.bake_target, "Target in the bake files.", "NAME")),
        begins("next version, changelog and release",
               only(history, choice("include", &o.component.include, "Paths that count.", "GLOB"))),
        only(history, choice("exclude", &o.component.exclude, "Paths that don't.", "GLOB")),
        only(version, choice("channel", &next.channel, "A pre-release, X.Y.Z-CHANNEL.N.", "CHANNEL")),
        only(version, setting("initial-version", &next.initial, "The first one.", "VERSION")),
        only(version, setting("hold-major", &next.hold_major, "In 0.x a breaking change is minor, a feature patch.")),
        level,
        only({"next-version"}, choice("all", &o.all, "Every component of fairlead.yml.")),
        only({"changelog"},
             choice("from", &o.release.from, "Where it begins; default: the version before.", "REVISION")),
        only({"changelog"}, choice("to", &o.release.to, "Where it ends.", "REVISION")),
        only({"release"}, choice("push", &o.release.push, "Pushes the tag, and nothing else.")),
        only({"release"},
             choice("sign", &o.release.sign, "Signs it even where tag.gpgSign of git doesn't ask for it.")),
        begins("git and the event",
               setting("context", &wanted.context,
                       "Where event and ref come from: workflow, git or git:PATH; default: what fits where it runs.",
                       "CONTEXT")),
        by_hand("event", &wanted.event, "Decides as if for this event.", "NAME"),
        by_hand("ref", &wanted.ref,
                "Decides as if for this ref: refs/tags/v1.2.3, or v1.2.3 where only a tag has that name.", "REF"),
        by_hand("sha", &wanted.sha, "Decides as if for this commit, an id or a revision such as HEAD~1.", "REVISION"),
        choice("deepen", &wanted.deepen, "Fetches the history and tags that a shallow clone lacks."),
        token,
    };
}

using Asked = std::pair<tag::Inputs, tag::ReleaseWanted>;

// What was given, judged as a whole.
Result<Asked> ask(const Options& o, const cli::Context& context) {
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

cli::Spec spec(Options& o) {
    cli::Spec spec;
    spec.tool = "tag";
    spec.summary = "Names a build: version, image tags, labels and annotations from git and the event.";
    spec.details =
        "Takes the inputs of docker/metadata-action and gives the same outputs, without a network. What it does "
        "beyond, `latest=highest` first, is in docs/tag.md.";
    spec.commands = {{.name = "tags",
                      .help = "Tags, labels and annotations.",
                      .acts = true,
                      .formats = {"env", "lines", "bake", "docker-args"}},
                     {.name = "next-version",
                      .help = "The version that the commits since the last one ask for.",
                      .acts = true,
                      .only_tells = true,
                      .formats = {"env", "lines"}},
                     {.name = "changelog",
                      .help = "What changed since the last version, in markdown.",
                      .acts = true,
                      .only_tells = true,
                      .formats = {"env", "lines"}},
                     {.name = "release",
                      .help = "Makes the tag of the next version, with its changelog.",
                      .acts = true,
                      .lasting = true,
                      .only_tells = true,
                      .formats = {"env", "lines"}}};
    spec.command = &o.command;
    spec.inputs = inputs(o);
    for (Input& input : spec.inputs) input.of_peer = tag::is_of_peer(input.name);
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
                    {"tag", "next-version, release: the git tag; of a release none where there is nothing to release."},
                    {"previous", "next-version, changelog, release: the tag before."},
                    {"level", "next-version: none, patch, minor or major."},
                    {"commits", "next-version: how many commits count."},
                    {"changed", "next-version, release: whether there is anything to release."},
                    {"components", "next-version --all: what to release, as JSON for a matrix: name, version, tag …"},
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
        {.title = "Two registries, all that a tag, a branch and a commit give, and labels:",
         .with = {{"images", "ghcr.io/acme/shop\ndocker.io/acme/shop"},
                  {"tags", "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\n"
                           "type=ref,event=branch\ntype=sha"},
                  {"labels", "org.opencontainers.image.title=Shop"}}},
        {.title = "The version that the commits since the last tag ask for:", .with = {{"command", "next-version"}}}};
    return spec;
}

Result<report::Report> run(const Options& o, const cli::Context& context) {
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
    Options options;
    return cli::run(spec(options), argc, argv,
                    [&](const cli::Context& context) { return tag::with_peer_error(run(options, context)); });
}
