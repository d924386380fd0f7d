#include "tag/tags.h"
#include "base/text.h"
#include "tag/labels.h"
#include "tag/lists.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

Result<void> parse(Run& run) {
    run.images = TRY(parse_images(TRY(split_entries(run.inputs.images, "images")), run.notes));
    run.rules = TRY(parse_rules(TRY(split_entries(run.inputs.tags, "tags")), run.notes));
    run.flavor = TRY(parse_flavor(TRY(split_entries(run.inputs.flavor, "flavor")), run.notes));
    return {};
}

}

Result<void> decide_tags(Run& run, const std::function<RepositoryFacts()>& repository,
                         const sys::Environment& variables) {
    const auto labels = TRY(split_entries(run.inputs.labels, "labels"));
    const auto annotations = TRY(split_entries(run.inputs.annotations, "annotations"));
    TRY_VOID(parse(run));
    run.version = TRY(decide(run.rules, run.flavor, run.facts, run.inputs.strict, run.notes));

    auto& metadata = run.metadata;
    metadata.version = run.version.main.value_or("");
    metadata.tags = full_tags(run.version, run.images);
    metadata.tag_names = run.version.names();
    metadata.image_names = enabled_names(run.images);
    metadata.bake_target = run.inputs.bake_target;
    metadata.levels = split(variables.get_or("DOCKER_METADATA_ANNOTATIONS_LEVELS", "manifest"), ',');
    if (metadata.version.empty()) run.notes.remark("No Docker image version has been generated. Check tags input.");
    if (metadata.tags.empty()) run.notes.remark("No Docker tag has been generated. Check tags input.");

    Expressions expressions(run.facts, run.notes);
    const auto facts = repository();
    metadata.labels = TRY(make_labels(labels, facts, metadata.version, run.facts, expressions, run.notes));
    metadata.annotations = TRY(make_labels(annotations, facts, metadata.version, run.facts, expressions, run.notes));
    return {};
}

Result<void> refuse_faults(const Run& run) {
    for (const auto& note : run.notes.all())
        if (note.weight == Weight::fault) return wrong_input(note.message, note.origin, note.way_out);
    return {};
}

Result<Run> make_tags(const Inputs& inputs, const Wanted& wanted, const sys::Environment& variables,
                      sys::Clock& clock) {
    Run run;
    run.inputs = inputs;
    auto gathered = TRY(gather(wanted, variables, clock, run.notes));
    run.facts = std::move(gathered.facts);
    run.source = std::move(gathered.source);
    TRY_VOID(decide_tags(run, gathered.repository, variables));
    if (inputs.strict == Strict::yes) TRY_VOID(refuse_faults(run));
    return run;
}

Result<bool> exports_variables(const sys::Environment& variables) {
    static constexpr std::array<std::string_view, 6> yes = {"1", "t", "T", "true", "TRUE", "True"};
    static constexpr std::array<std::string_view, 6> no = {"0", "f", "F", "false", "FALSE", "False"};
    const auto text = variables.get("DOCKER_METADATA_SET_OUTPUT_ENV");
    if (!text || std::find(yes.begin(), yes.end(), *text) != yes.end()) return true;
    if (std::find(no.begin(), no.end(), *text) != no.end()) return false;
    return usage(fmt::format("parseBool syntax error: {}\nDOCKER_METADATA_SET_OUTPUT_ENV is true or false", *text));
}

}
